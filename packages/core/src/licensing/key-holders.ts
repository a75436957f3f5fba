/**
 * What a refusal on the seat path needs of the license behind a key, kept for a second: in a storm of
 * refusals PostgreSQL is asked once per license and second, however many machines knock. An entry is
 * **fresh** for `freshMs`, then read again; callers that come together share one read. Whatever is granted
 * is decided by PostgreSQL anew, the key too, so an old entry can only refuse, and for a second at most.
 */
import { inTransaction } from "../transaction.ts";
import { systemCall } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { lookingUp, noSuchKey } from "./find-by-key.ts";
import { createGroupCommit } from "./group-commit.ts";
import { readTypedKey } from "./license-key-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";

/** A license as it was a moment ago, and the time by PostgreSQL's clock. */
export interface KeyHolder {
  readonly license: LicenseRow;
  /** PostgreSQL's time when the license was read, plus what has passed since: never this node's clock. */
  now(): Date;
}

interface SoughtMachine {
  readonly licenseId: string;
  readonly fingerprint: string;
}

export interface KeyHolders {
  /** Throws LICENSE_NOT_USABLE (NOT_FOUND), which names a typing error. */
  find(call: Call, typedKey: string): Promise<KeyHolder>;
  /** The id of the fingerprint's active machine, or null; remembered for `machineFreshMs` once known. */
  findMachineId(machine: SoughtMachine): Promise<string | null>;
  /** Drops what is known of a license, after this process changed it. */
  forget(licenseId: string): void;
}

const freshMs = 1000;
const machineFreshMs = 60_000;
const maxEntries = 20_000;

interface Entry<Value> {
  readonly value: Value;
  readonly readAtMs: number;
}

const createShortMemory = <Value>(keptMs: number) => {
  const entries = new Map<string, Entry<Value>>();
  return {
    get: (key: string): Value | undefined => {
      const entry = entries.get(key);
      return entry && performance.now() - entry.readAtMs < keptMs ? entry.value : undefined;
    },
    set: (key: string, value: Value): void => {
      entries.delete(key);
      entries.set(key, { value, readAtMs: performance.now() });
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
    dropWhere: (matches: (value: Value) => boolean): void => {
      for (const [key, { value }] of entries) if (matches(value)) entries.delete(key);
    },
  };
};

const keyOf = ({ licenseId, fingerprint }: SoughtMachine): string => `${licenseId}:${fingerprint}`;

export const createKeyHolders = ({
  database,
  vault,
}: Pick<CoreDeps, "database" | "vault">): KeyHolders => {
  const holders = createShortMemory<KeyHolder>(freshMs);
  const machineIds = createShortMemory<{ licenseId: string; machineId: string }>(machineFreshMs);
  const reading = new Map<string, Promise<KeyHolder>>();

  const read = async (call: Call, hash: Buffer): Promise<KeyHolder> =>
    inTransaction(database, lookingUp(call), async (tx) => {
      const license = await licenseStore.findLicenseByKeyHash(tx, hash);
      if (!license) throw noSuchKey();
      const readAtMs = performance.now();
      return {
        license,
        now: () => new Date(tx.now.getTime() + Math.floor(performance.now() - readAtMs)),
      };
    });

  /** Machines that are sought together are looked up by one query. */
  const lookUp = createGroupCommit<SoughtMachine, string>({
    maxWaitMs: 10,
    maxItems: 500,
    keyOf,
    commit: async (sought) => {
      const found = await inTransaction(database, systemCall("find-machines"), (tx) =>
        machineStore.listMachineIds(tx, sought),
      );
      return new Map(found.map((machine) => [keyOf(machine), machine.id]));
    },
  });

  return {
    find: async (call, typedKey) => {
      const typed = readTypedKey(typedKey);
      if (!typed.ok) throw noSuchKey(typed.detail);
      const hash = vault.hash("license-key", typed.key);
      const key = hash.toString("base64");
      const known = holders.get(key);
      if (known) return known;
      const shared =
        reading.get(key) ??
        read(call, hash)
          .then((holder) => {
            holders.set(key, holder);
            return holder;
          })
          .finally(() => reading.delete(key));
      reading.set(key, shared);
      return shared;
    },
    findMachineId: async (sought) => {
      const known = machineIds.get(keyOf(sought));
      if (known) return known.machineId;
      const machineId = await lookUp(sought);
      if (machineId === null) return null;
      machineIds.set(keyOf(sought), { licenseId: sought.licenseId, machineId });
      return machineId;
    },
    forget: (licenseId) => {
      holders.dropWhere(({ license }) => license.id === licenseId);
      machineIds.dropWhere((machine) => machine.licenseId === licenseId);
    },
  };
};
