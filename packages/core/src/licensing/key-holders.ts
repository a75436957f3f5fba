/**
 * Which license a key stands for, and which machine a fingerprint, as this process saw them last: enough to
 * know what to ask PostgreSQL, or that it was asked a moment ago (`full-licenses.ts`). Whatever is granted or
 * refused is decided by PostgreSQL, the key too.
 */
import { systemCall } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import { lookingUp, noSuchKey } from "./find-by-key.ts";
import type { FullLicenses } from "./full-licenses.ts";
import { createGroupCommit } from "./group-commit.ts";
import { readTypedKey } from "./license-key-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import { createShortMemory } from "./short-memory.ts";

/** What of a license never changes, and the key's hash. */
export type KeyHolder = Pick<LicenseRow, "id" | "organizationId" | "productId" | "keyHash">;

interface SoughtMachine {
  readonly licenseId: string;
  readonly fingerprint: string;
}

export interface KeyHolders {
  /** Throws LICENSE_NOT_USABLE (NOT_FOUND), which names a typing error. */
  find(call: Call, typedKey: string): Promise<KeyHolder>;
  /** The id of the fingerprint's active machine, or null; remembered for `machineKeptMs` once known. */
  findMachineId(machine: SoughtMachine): Promise<string | null>;
  /** The same, asking nobody. */
  recallMachineId(machine: SoughtMachine): string | null;
  rememberMachineId(machine: SoughtMachine, machineId: string): void;
  /** Drops what is known of a license, after this process changed it. */
  forget(licenseId: string): void;
}

const machineKeptMs = 60_000;

const keyOf = ({ licenseId, fingerprint }: SoughtMachine): string => `${licenseId}:${fingerprint}`;

/** A memory of one process, empty to begin with; what it forgets it forgets of full licenses too. */
export const createKeyHolders = ({
  database,
  fullLicenses,
  vault,
}: Pick<CoreDeps, "database" | "vault"> & { readonly fullLicenses: FullLicenses }): KeyHolders => {
  const holders = createShortMemory<KeyHolder>(Infinity);
  const machineIds = createShortMemory<{ licenseId: string; machineId: string }>(machineKeptMs);
  const reading = new Map<string, Promise<KeyHolder>>();

  const read = async (call: Call, hash: Buffer): Promise<KeyHolder> =>
    inTransaction(database, lookingUp(call), async (tx) => {
      const license = await licenseStore.findLicenseByKeyHash(tx, hash);
      if (!license) throw noSuchKey();
      const { id, organizationId, productId, keyHash } = license;
      return { id, organizationId, productId, keyHash };
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

  const rememberMachineId: KeyHolders["rememberMachineId"] = (machine, machineId) => {
    machineIds.set(keyOf(machine), { licenseId: machine.licenseId, machineId });
  };
  const recallMachineId: KeyHolders["recallMachineId"] = (machine) =>
    machineIds.get(keyOf(machine))?.machineId ?? null;

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
      const known = recallMachineId(sought);
      if (known !== null) return known;
      const machineId = await lookUp(sought);
      if (machineId !== null) rememberMachineId(sought, machineId);
      return machineId;
    },
    recallMachineId,
    rememberMachineId,
    forget: (licenseId) => {
      fullLicenses.forget(licenseId);
      holders.dropWhere(({ id }) => id === licenseId);
      machineIds.dropWhere((machine) => machine.licenseId === licenseId);
    },
  };
};
