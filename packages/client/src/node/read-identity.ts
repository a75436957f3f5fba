import {
  baseboard,
  cpu,
  diskLayout,
  networkInterfaces,
  system,
  uuid,
  type Systeminformation,
} from "systeminformation";
import type { HardwareIdentity } from "./derive-fingerprint.ts";

/** What systeminformation tells of a machine, as far as it serves to know it again. */
export interface SystemReport {
  readonly system: Pick<Systeminformation.SystemData, "uuid" | "serial"> | null;
  readonly baseboard: Pick<Systeminformation.BaseboardData, "serial"> | null;
  readonly cpu: Pick<
    Systeminformation.CpuData,
    "manufacturer" | "brand" | "family" | "model" | "stepping"
  > | null;
  readonly diskLayout: readonly Pick<
    Systeminformation.DiskLayoutData,
    "serialNum" | "interfaceType"
  >[];
  readonly networkInterfaces: readonly Pick<
    Systeminformation.NetworkInterfacesData,
    "mac" | "internal" | "virtual" | "type"
  >[];
  readonly uuid: Pick<Systeminformation.UuidData, "os" | "hardware"> | null;
}

/** The parts of a report that identify a machine; disks and cards that are plugged in do not. */
export const identityOf = (report: SystemReport): HardwareIdentity => ({
  systemUuid: report.system?.uuid || report.uuid?.hardware || null,
  systemSerial: report.system?.serial ?? null,
  boardSerial: report.baseboard?.serial ?? null,
  cpu:
    report.cpu === null
      ? null
      : [
          report.cpu.manufacturer,
          report.cpu.brand,
          report.cpu.family,
          report.cpu.model,
          report.cpu.stepping,
        ].join(" "),
  diskSerials: report.diskLayout
    .filter(({ interfaceType }) => interfaceType.toUpperCase() !== "USB")
    .map(({ serialNum }) => serialNum),
  macs: report.networkInterfaces
    .filter(({ internal, virtual, type }) => !internal && !virtual && type !== "virtual")
    .map(({ mac }) => mac),
  osMachineId: report.uuid?.os ?? null,
});

/** This machine's identity. What cannot be read is left out: every source may fail alone. */
export const readIdentity = async (): Promise<HardwareIdentity> => {
  const [systemData, board, processor, disks, interfaces, ids] = await Promise.all([
    system().catch(() => null),
    baseboard().catch(() => null),
    cpu().catch(() => null),
    diskLayout().catch(() => []),
    networkInterfaces().catch(() => []),
    uuid().catch(() => null),
  ]);
  return identityOf({
    system: systemData,
    baseboard: board,
    cpu: processor,
    diskLayout: disks,
    networkInterfaces: Array.isArray(interfaces) ? interfaces : [interfaces],
    uuid: ids,
  });
};
