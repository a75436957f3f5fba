import { DomainError } from "@latchkey/contracts";
import type { ErrorDetails, SessionEndReason, ValidationCode } from "@latchkey/contracts";
import { signRefusal } from "@latchkey/license-crypto/sign";
import type { Call } from "../call.ts";
import type { LicensingDeps } from "./deps.ts";
import { toSeconds } from "./lease-rules.ts";
import { endDetails } from "./seat-rules.ts";
import { detailOf } from "./validation-rules.ts";

/** Who is refused, and when by PostgreSQL's clock. */
export interface Refused {
  readonly licenseId: string;
  readonly productId: string;
  /** The hash of the machine's fingerprint, as its lease says it. */
  readonly fingerprintHash: string;
  readonly sessionId?: string;
  readonly at: Date;
  /** What the refused call sent, for the refusal to repeat. */
  readonly nonce?: string | undefined;
  /** Where a transaction is open: the signer is read by its connection. */
  readonly call?: Call;
}

type Holders = NonNullable<ErrorDetails<"SEATS_EXHAUSTED">["holders"]>;

/** The signed noes of the seat path: a client gives up a valid lease for nothing less. */
export interface Refusals {
  notUsable(
    refused: Refused,
    code: Exclude<ValidationCode, "VALID" | "PAST_DUE">,
  ): Promise<DomainError>;
  exhausted(
    refused: Refused,
    seats: { readonly maxSeats: number; readonly usedSeats: number; readonly holders?: Holders },
  ): Promise<DomainError>;
  ended(refused: Refused, endReason: SessionEndReason): Promise<DomainError>;
}

/** Each rejects when signing fails: there is no unsigned answer. */
export const createRefusals = ({
  catalog,
  observe,
  settings,
}: Pick<LicensingDeps, "catalog" | "observe" | "settings">): Refusals => {
  const sign = async (
    { licenseId, productId, fingerprintHash, sessionId, at, nonce, call }: Refused,
    no: { code: string; detail: string; maxSeats?: number; usedSeats?: number },
  ): Promise<string> => {
    observe?.({ kind: "refusal", code: no.code });
    return signRefusal(await catalog.getSigner(productId, call), {
      iss: settings.publicUrl,
      aud: productId,
      sub: licenseId,
      fph: fingerprintHash,
      ...(sessionId !== undefined && { sid: sessionId }),
      iat: toSeconds(at),
      ...(nonce !== undefined && { nonce }),
      ...no,
    });
  };
  return {
    notUsable: async (refused, code) => {
      const detail = detailOf(code);
      const refusal = await sign(refused, { code, detail });
      return new DomainError("LICENSE_NOT_USABLE", { validationCode: code, refusal }, detail);
    },
    exhausted: async (refused, { maxSeats, usedSeats, holders }) => {
      const detail = `All ${maxSeats} seats of this license are in use. Try again when one is free.`;
      const refusal = await sign(refused, {
        code: "SEATS_EXHAUSTED",
        detail,
        maxSeats,
        usedSeats,
      });
      const details = { maxSeats, usedSeats, refusal, ...(holders && { holders }) };
      return new DomainError("SEATS_EXHAUSTED", details, detail);
    },
    ended: async (refused, endReason) => {
      const detail = endDetails[endReason];
      const refusal = await sign(refused, { code: "SESSION_ENDED", detail });
      return new DomainError("LEASE_EXPIRED", { endReason, refusal }, detail);
    },
  };
};
