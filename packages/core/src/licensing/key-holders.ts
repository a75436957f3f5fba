/**
 * Which license a key stands for, and which machine a fingerprint, as this process saw them last: enough to
 * know what to ask PostgreSQL, or that it was asked a moment ago (`full-licenses.ts`). Whatever is granted or
 * refused is decided by PostgreSQL, the key too.
 */
import { hash } from "node:crypto";
import { systemCall } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inKeyedTransaction, inTransaction } from "../transaction.ts";
import { noSuchKey } from "./find-by-key.ts";
import type { FullLicenses } from "./full-licenses.ts";
import { createGroupCommit } from "./group-commit.ts";
import { readTypedKey } from "./license-key-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { KeyHolder } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import { createShortMemory } from "./short-memory.ts";

interface SoughtMachine {
  readonly licenseId: string;
  readonly fingerprint: string;
}

export interface KeyHolders {
  /** Throws LICENSE_NOT_USABLE (NOT_FOUND), which names a typing error. */
  find(typedKey: string): Promise<KeyHolder>;
  /** The id of the fingerprint's active machine, or null; remembered for `machineKeptMs` once known. */
  findMachineId(machine: SoughtMachine): Promise<string | null>;
  /** The same, asking nobody. */
  recallMachineId(machine: SoughtMachine): string | null;
  rememberMachineId(machine: SoughtMachine, machineId: string): void;
  /** Drops what is known of a license, after this process changed it. */
  forget(licenseId: string): void;
}

const machineKeptMs = 60_000;

const digestOf = (key: string): string => hash("sha256", key, "base64");

const textOf = (keyHash: Buffer): string => keyHash.toString("base64");

const keyOf = ({ licenseId, fingerprint }: SoughtMachine): string => `${licenseId}:${fingerprint}`;

/** A memory of one process, empty to begin with; what it forgets it forgets of full licenses too. */
export const createKeyHolders = ({
  database,
  fullLicenses,
  vault,
}: Pick<CoreDeps, "database" | "vault"> & { readonly fullLicenses: FullLicenses }): KeyHolders => {
  // By a digest, so that no key stands here, and of the key in its one right spelling, so that a license has one place
  // here however many ways its key is typed. Programs send it so: theirs is found without being read, and without the
  // hash by which it is stored, which take several times as long.
  const holders = createShortMemory<KeyHolder>(Infinity);
  const machineIds = createShortMemory<{ licenseId: string; machineId: string }>(machineKeptMs);

  // What is sought together is looked up by one query: after a restart all clients come with keys that
  // nobody has seen.
  const readHolder = createGroupCommit<Buffer, KeyHolder>({
    maxWaitMs: 10,
    maxItems: 500,
    keyOf: textOf,
    commit: async (keyHashes) => {
      const found = await inKeyedTransaction(database, systemCall("find-keys"), (tx) =>
        licenseStore.listKeyHolders(tx, keyHashes),
      );
      return new Map(found.map((holder) => [textOf(holder.keyHash), holder]));
    },
  });

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
    find: async (typedKey) => {
      const known = holders.get(digestOf(typedKey));
      if (known) return known;
      const typed = readTypedKey(typedKey);
      if (!typed.ok) throw noSuchKey(typed.detail);
      const digest = digestOf(typed.key);
      const otherwiseTyped = holders.get(digest);
      if (otherwiseTyped) return otherwiseTyped;
      const holder = await readHolder(vault.hash("license-key", typed.key));
      if (holder === null) throw noSuchKey();
      holders.set(digest, holder);
      return holder;
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
