import { createHash } from "node:crypto";
import { usableMac, usableValue } from "./usable-value.ts";

/** What a machine says about itself, as read: any of it may be empty or a placeholder. */
export interface HardwareIdentity {
  readonly systemUuid: string | null;
  readonly systemSerial: string | null;
  readonly boardSerial: string | null;
  /** Model, not a serial number: alike on many machines, and only good for recognising one. */
  readonly cpu: string | null;
  readonly diskSerials: readonly string[];
  readonly macs: readonly string[];
  /** The operating system's own id of this installation: machine-id, MachineGuid, platform UUID. */
  readonly osMachineId: string | null;
}

export interface DerivedFingerprint {
  readonly fingerprint: string;
  readonly components: Readonly<Record<string, string>>;
}

/** Nothing of this machine's hardware tells it from others: an installation id has to. */
export interface NeedsInstallationId {
  readonly fingerprint: null;
}

/** So many disks and network cards at most: with the six single parts they make 12 components. */
const MOST_OF_A_KIND = 3;

/**
 * The fingerprint of a machine for one product, and its parts hashed one by one. SHA-256, salted by
 * the product, so that no vendor can follow a machine to another one and no serial number leaves it.
 *
 * The fingerprint is made of what changes least: the system's UUID and serial numbers; where those
 * are missing (a Linux user may not read them), the operating system's id with one disk or network
 * card; and where there is no hardware to name at all (containers, some virtual machines), the
 * operating system's id, which images share, with `installationId`, a random text kept by the app.
 * Asks for that one by `fingerprint: null` when it is needed and null.
 *
 * Names of disks and network cards come from their hash, so that one more shifts none of the others.
 */
export const deriveFingerprint = (
  identity: HardwareIdentity,
  product: string,
  installationId: string | null,
): DerivedFingerprint | NeedsInstallationId => {
  const hash = (name: string, value: string): string =>
    createHash("sha256").update(`latchkey/machine/v1\0${product}\0${name}\0${value}`).digest("hex");
  const several = (name: string, values: readonly (string | null)[]) =>
    [...new Set(values.filter((value) => value !== null))]
      .sort()
      .slice(0, MOST_OF_A_KIND)
      .map((value) => [`${name}.${hash(name, value).slice(0, 8)}`, hash(name, value)] as const);
  const single = (name: string, value: string | null) => {
    const usable = usableValue(value);
    return usable === null ? [] : [[name, hash(name, usable)] as const];
  };

  const firm = [
    ...single("systemUuid", identity.systemUuid),
    ...single("systemSerial", identity.systemSerial),
    ...single("boardSerial", identity.boardSerial),
  ];
  const movable = [
    ...several("disk", identity.diskSerials.map(usableValue)),
    ...several("mac", identity.macs.map(usableMac)),
  ];
  const system = single("osMachineId", identity.osMachineId);
  const lacking = firm.length === 0 && movable.length === 0;
  if (lacking && installationId === null) return { fingerprint: null };
  const installation = lacking ? single("installation", installationId) : [];

  const telling = firm.length > 0 ? firm : [...system, ...movable.slice(0, 1), ...installation];
  return {
    fingerprint: hash("fingerprint", telling.map(([name, value]) => `${name}=${value}`).join("\0")),
    components: Object.fromEntries([
      ...firm,
      ...system,
      ...installation,
      ...single("cpu", identity.cpu),
      ...movable,
    ]),
  };
};
