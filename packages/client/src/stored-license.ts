/** What the client keeps between runs, as text. Signatures are checked again when it is read. */
import { asNumber, asObject, asText, orNull } from "./narrow.ts";
import type { Proof } from "./proof.ts";
import type { Core, Restored } from "./state/model.ts";
import { serverTimeMs } from "./state/server-clock.ts";
import type { Now, StoredClock } from "./state/server-clock.ts";

const VERSION = 1;

interface Stored extends Readonly<Record<string, unknown>> {
  readonly version: number;
  readonly key: string | null;
  readonly licenseId: string | null;
  readonly lease: string | null;
  readonly file: string | null;
  readonly newest: Restored["newest"];
  readonly clock: StoredClock | null;
  /** A JWK set with the keys that a pinned one vouches for; judged again when it is read. */
  readonly keys: string;
}

const asStored = asObject<Stored>({
  version: (value) => (value === VERSION ? VERSION : undefined),
  key: orNull(asText),
  licenseId: orNull(asText),
  lease: orNull(asText),
  file: orNull(asText),
  newest: orNull(asObject({ sessionId: orNull(asText), seq: asNumber, issuedAt: asNumber })),
  keys: asText,
  clock: orNull(asObject({ highestServerMs: asNumber, wallAheadMs: asNumber })),
});

/** The durable part of `core` as JSON. */
export const writeLicense = (core: Core, at: Now, proof: Proof): string => {
  const stored: Stored = {
    version: VERSION,
    key: core.key,
    licenseId: core.licenseId,
    lease: core.lease?.token ?? null,
    file: core.file?.text ?? null,
    newest: core.newest,
    keys: JSON.stringify(proof.learned()),
    clock:
      core.clock === null
        ? null
        : { highestServerMs: serverTimeMs(core.clock, at), wallAheadMs: core.wallAheadMs },
  };
  return JSON.stringify(stored);
};

/** Reads what `writeLicense` wrote; null for anything else. An unproved lease or file is left out. */
export const readLicense = (text: string, proof: Proof): Restored | null => {
  const stored = asStored(parseJson(text));
  if (stored === undefined) return null;
  proof.learn(parseJson(stored.keys));
  const { key, licenseId, newest, clock } = stored;
  return {
    key,
    licenseId,
    newest,
    clock,
    lease: stored.lease === null ? null : proof.lease(stored.lease),
    file: stored.file === null ? null : readFile(stored.file, key, proof),
  };
};

const readFile = (text: string, key: string | null, proof: Proof): Restored["file"] => {
  // The state machine judges its end by its own clock; here only the signature is of interest.
  const opened = proof.file(text, 0, key);
  if (opened.ok) return { text, claims: opened.claims };
  return opened.reason === "clock_behind" ? { text, claims: opened.claims } : null;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
