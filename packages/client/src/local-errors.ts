import type { LicenseInfo, MachineInfo } from "./answers.ts";
import type { LatchkeyError, Result } from "./latchkey-error.ts";
import type { LatchkeyState } from "./latchkey-state.ts";
import type { KeyReading } from "./read-key.ts";

export interface Activation {
  readonly license: LicenseInfo;
  readonly machine: MachineInfo;
}

export const isStopped: LatchkeyError = { code: "STOPPED", detail: "The client was stopped." };
export const isBusy: LatchkeyError = { code: "BUSY", detail: "Another activation is under way." };
export const seatHeld: LatchkeyError = {
  code: "SEAT_HELD",
  detail: "A seat is in use; release it before another key is activated.",
};
export const unlicensed: LatchkeyError = {
  code: "UNLICENSED",
  detail: "No license key is known on this machine; activate one first.",
};

/** Why a typed key is none, with the group at fault where it can be known. */
export const malformed = ({
  reason,
  group,
}: Extract<KeyReading, { readonly ok: false }>): LatchkeyError => {
  const detail =
    reason === "check_symbol"
      ? "That looks like a typing error: the key's check symbol does not fit."
      : "That is not a license key.";
  return { code: "KEY_MALFORMED", group, detail };
};

/** Why the app may not run in `state`. */
export const whyNot = (state: LatchkeyState): LatchkeyError => {
  if (state.problem !== null) return state.problem;
  if (state.name === "unlicensed") return unlicensed;
  return state.name === "lapsed"
    ? { code: "LAPSED", detail: "The right to run without the server has ended." }
    : { code: "RELEASED", detail: "The seat was given back meanwhile." };
};

/** How an activation ended: `problem` says why there is no answer. */
export const activationResult = (
  activation: Activation | null,
  problem: LatchkeyError | null,
): Result<Activation> =>
  activation === null
    ? { ok: false, error: problem ?? isStopped }
    : { ok: true, license: activation.license, machine: activation.machine };
