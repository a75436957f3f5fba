import { DomainError } from "@latchkey/contracts";
import type { Access } from "@latchkey/contracts";
import { z } from "zod";
import type { Actor } from "../call.ts";

/** How long a first answer is kept, in seconds of real time (design.md 8). */
export const answerTtlSeconds = 24 * 3600;

/** After how many seconds of real time a claim without an answer belongs to a process that died. */
export const abandonedAfterSeconds = 60;

/** Visible ASCII, so that the key means the same in every log and proxy. Throws BAD_REQUEST. */
export const checkKey = (key: string): void => {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return;
  throw new DomainError("BAD_REQUEST", {
    issues: [{ path: ["Idempotency-Key"], message: "must be 1 to 255 visible ASCII characters" }],
  });
};

/** JSON with sorted keys: the same input is the same text, however its fields were ordered. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );

const KeyHolder = z.object({ licenseKey: z.string() });
const LeaseHolder = z.object({ lease: z.string() });

/**
 * Text that stands for the caller, to be hashed: two callers never share a key. A key or lease holder
 * is known by that secret. What a person does as themselves, such as making an organization, may move
 * them into another one, so there only the person counts. An address does not tell anonymous callers
 * apart, so they meet only where they send the very same input.
 */
export const callerText = (actor: Actor, access: Access["kind"], input: unknown): string => {
  const byKey = KeyHolder.safeParse(input);
  if (access === "licenseKey" && byKey.success) return `license-key:${byKey.data.licenseKey}`;
  const byLease = LeaseHolder.safeParse(input);
  if (access === "lease" && byLease.success) return `lease:${byLease.data.lease}`;
  if (access === "signedIn" && "userId" in actor) return `person:${actor.userId}`;
  switch (actor.kind) {
    case "member":
      return `member:${actor.userId}:${actor.organizationId}`;
    case "user":
    case "staff":
      return `${actor.kind}:${actor.userId}`;
    case "machine":
      return `machine:${actor.licenseId}:${actor.machineId ?? ""}`;
    case "gateway":
      return `gateway:${actor.gateway}`;
    case "system":
      return `system:${actor.job}`;
    case "anonymous":
      return `input:${canonicalJson(input)}`;
  }
};

/** What a row that stands under the key already means for a request. */
export type Judgement = "replay" | "other-request" | "running" | "abandoned";

/** Judges the row that another request left; its age and life are in real time. */
export const judge = (
  row: { requestHash: Uint8Array; answered: boolean; ageSeconds: number },
  requestHash: Uint8Array,
): Judgement => {
  if (Buffer.compare(row.requestHash, requestHash) !== 0) return "other-request";
  if (row.answered) return "replay";
  return row.ageSeconds > abandonedAfterSeconds ? "abandoned" : "running";
};
