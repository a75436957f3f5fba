/** Calls of the seat path as any program would send them, without the SDK and its patience. */
import { errorCatalogue, HeldSeat } from "@latchkey/contracts";
import type { ErrorCode } from "@latchkey/contracts";
import { z } from "zod";

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCatalogue, code);
const Problem = z.object({ code: z.string().refine(isErrorCode) });

export type Answer =
  | { readonly ok: true; readonly seat: HeldSeat | null }
  | { readonly ok: false; readonly code: string };

const send = async (host: string, path: string, body: unknown): Promise<Answer> => {
  const response = await fetch(`${host}/api/v1/licenses/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) return { ok: false, code: Problem.parse(JSON.parse(text)).code };
  const seat = HeldSeat.safeParse(text === "" ? null : JSON.parse(text));
  return { ok: true, seat: seat.success ? seat.data : null };
};

/** A machine that calls for a seat of the license that it has the key of. */
interface Machine {
  readonly licenseKey: string;
  readonly fingerprint: string;
}

/** A machine that no license has seen. */
export const aMachine = ({ licenseKey }: Pick<Machine, "licenseKey">): Machine => ({
  licenseKey,
  fingerprint: `fp:${crypto.randomUUID()}`,
});

/** Each rejects when no whole answer came. */
export const seatCalls = (host: string) => ({
  activate: (machine: Machine) => send(host, "activate", machine),
  acquire: (machine: Machine) => send(host, "acquire", machine),
  heartbeat: (lease: string) => send(host, "heartbeat", { lease }),
  release: (lease: string) => send(host, "release", { lease }),
});
