import { Fingerprint, FingerprintComponents } from "@latchkey/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveFingerprint } from "./derive-fingerprint.ts";
import type { HardwareIdentity } from "./derive-fingerprint.ts";
import { identityOf } from "./read-identity.ts";
import type { SystemReport } from "./read-identity.ts";

const product = "0199aaaa-0000-7000-8000-000000000001";
const installationId = "5f0c2f39-6a3c-4a55-9c43-1a52e0a6f001";

const amd = {
  manufacturer: "AMD",
  brand: "Ryzen 7 5800X",
  family: "25",
  model: "33",
  stepping: "0",
};
const none = { internal: false, virtual: false, type: "wired" } as const;

/** As systeminformation reports them, with serial numbers changed. */
const recorded = {
  "a Windows desktop": {
    system: { uuid: "4c4c4544-0051-3510-8052-b4c04f4d3732", serial: "5Q5RM72" },
    baseboard: { serial: "/5Q5RM72/CNCMC0097B0123/" },
    cpu: amd,
    diskLayout: [
      { serialNum: "0025_38B5_0141_0CE5.", interfaceType: "NVMe" },
      { serialNum: "AA00000000000489", interfaceType: "USB" },
    ],
    networkInterfaces: [
      { ...none, mac: "d8:bb:c1:0a:0b:0c" },
      { ...none, mac: "00:15:5d:8a:2f:01", virtual: true },
    ],
    uuid: {
      os: "0f6b3c9e-2d7a-4a44-9d1a-8f2f3f1f7a10",
      hardware: "4c4c4544-0051-3510-8052-b4c04f4d3732",
    },
  },
  "a Mac": {
    system: { uuid: "A1B2C3D4-E5F6-5A7B-8C9D-0E1F2A3B4C5D", serial: "C02ZX1ABMD6R" },
    baseboard: { serial: "" },
    cpu: { manufacturer: "Apple", brand: "M2 Pro", family: "", model: "", stepping: "" },
    diskLayout: [{ serialNum: "0ba0123456789abc", interfaceType: "PCIe" }],
    networkInterfaces: [
      { ...none, mac: "bc:d0:74:11:22:33", type: "wireless" },
      { ...none, mac: "36:57:64:aa:bb:c0" },
    ],
    uuid: {
      os: "a1b2c3d4-e5f6-5a7b-8c9d-0e1f2a3b4c5d",
      hardware: "a1b2c3d4-e5f6-5a7b-8c9d-0e1f2a3b4c5d",
    },
  },
  "a Linux desktop, read by its user": {
    system: { uuid: "", serial: "-" },
    baseboard: { serial: "" },
    cpu: amd,
    diskLayout: [
      { serialNum: "S4EWNX0R123456", interfaceType: "NVMe" },
      { serialNum: "WD-WX12D3456789", interfaceType: "SATA" },
    ],
    networkInterfaces: [
      { mac: "00:00:00:00:00:00", internal: true, virtual: false, type: "virtual" },
      { ...none, mac: "d8:bb:c1:0a:0b:0d" },
      { ...none, mac: "02:42:ac:11:00:01", virtual: true, type: "virtual" },
    ],
    uuid: { os: "3d1219c7c4c5404aaa1f6d2a48adfda4", hardware: "" },
  },
  "a board whose maker filled in nothing": {
    system: { uuid: "03000200-0400-0500-0006-000700080009", serial: "To be filled by O.E.M." },
    baseboard: { serial: "Default string" },
    cpu: amd,
    diskLayout: [{ serialNum: "S4EWNX0R999999", interfaceType: "NVMe" }],
    networkInterfaces: [{ ...none, mac: "d8:bb:c1:0a:0b:0e" }],
    uuid: {
      os: "77aa19c7c4c5404aaa1f6d2a48adfd00",
      hardware: "03000200-0400-0500-0006-000700080009",
    },
  },
  "a container": {
    system: { uuid: "", serial: "-" },
    baseboard: { serial: "" },
    cpu: amd,
    diskLayout: [],
    networkInterfaces: [{ ...none, mac: "02:fc:00:00:00:01" }],
    uuid: { os: "", hardware: "" },
  },
  "a machine that tells nothing": {
    system: null,
    baseboard: null,
    cpu: null,
    diskLayout: [],
    networkInterfaces: [],
    uuid: null,
  },
} satisfies Record<string, SystemReport>;

const derived = (identity: HardwareIdentity, forProduct = product, id: string | null = null) => {
  const result = deriveFingerprint(identity, forProduct, id);
  if (result.fingerprint === null) throw new Error("needs an installation id");
  return result;
};
const kinds = (components: object) => Object.keys(components).map((name) => name.split(".")[0]);

describe("deriveFingerprint", () => {
  it.each([
    [
      "a Windows desktop",
      ["systemUuid", "systemSerial", "boardSerial", "osMachineId", "cpu", "disk", "mac"],
    ],
    ["a Mac", ["systemUuid", "systemSerial", "osMachineId", "cpu", "disk", "mac"]],
    ["a Linux desktop, read by its user", ["osMachineId", "cpu", "disk", "disk", "mac"]],
    ["a board whose maker filled in nothing", ["osMachineId", "cpu", "disk", "mac"]],
  ] as const)("knows %s by its hardware", (name, expected) => {
    const { fingerprint, components } = derived(identityOf(recorded[name]));
    expect(kinds(components)).toEqual(expected);
    expect(Fingerprint.safeParse(fingerprint).success).toBe(true);
    expect(FingerprintComponents.safeParse(components).success).toBe(true);
  });

  it.each([
    ["a container", ["installation", "cpu"]],
    ["a machine that tells nothing", ["installation"]],
  ] as const)("asks for an installation id on %s", (name, expected) => {
    const identity = identityOf(recorded[name]);
    expect(deriveFingerprint(identity, product, null)).toEqual({ fingerprint: null });
    const one = derived(identity, product, installationId);
    const other = derived(identity, product, "0aaf0000-6a3c-4a55-9c43-1a52e0a6f002");
    expect(kinds(one.components)).toEqual(expected);
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });

  it("tells all recorded machines apart, and one machine apart between products", () => {
    const all = Object.values(recorded).flatMap((report) => [
      derived(identityOf(report), product, installationId).fingerprint,
      derived(identityOf(report), "another-product", installationId).fingerprint,
    ]);
    // Without any hardware only the installation id is left, and it is the same one here.
    expect(new Set(all).size).toBe(all.length - 2);
  });

  it("keeps the fingerprint when a disk or a network card comes or goes beside firm parts", () => {
    const identity = identityOf(recorded["a Windows desktop"]);
    const more = { ...identity, diskSerials: [...identity.diskSerials, "NEW-1"], macs: [] };
    expect(derived(more).fingerprint).toBe(derived(identity).fingerprint);
  });

  it("shifts no other component when one disk is added", () => {
    const identity = identityOf(recorded["a Linux desktop, read by its user"]);
    const before = derived(identity).components;
    const after = derived({ ...identity, diskSerials: ["AAAA-FIRST", ...identity.diskSerials] });
    expect(after.components).toMatchObject(before);
  });

  it("does not depend on case, order or spaces", () => {
    const identity = identityOf(recorded["a Linux desktop, read by its user"]);
    const written = {
      ...identity,
      osMachineId: ` ${identity.osMachineId?.toUpperCase()} `,
      diskSerials: identity.diskSerials.toReversed().map((serial) => serial.toLowerCase()),
      macs: identity.macs.map((mac) => mac.replaceAll(":", "-")),
    };
    expect(derived(written)).toEqual(derived(identity));
  });

  it("never gives more than 12 components, and shows none of its input", () => {
    const serial = fc.stringMatching(/^[A-Z0-9]{8,20}$/);
    fc.assert(
      fc.property(serial, fc.array(serial), fc.array(serial), (uuid, diskSerials, rest) => {
        const identity: HardwareIdentity = {
          systemUuid: uuid,
          systemSerial: rest[0] ?? null,
          boardSerial: rest[1] ?? null,
          cpu: rest[2] ?? null,
          diskSerials,
          macs: [
            "d8:bb:c1:0a:0b:0c",
            "d8:bb:c1:0a:0b:0d",
            "d8:bb:c1:0a:0b:0e",
            "d8:bb:c1:0a:0b:0f",
          ],
          osMachineId: rest[3] ?? null,
        };
        const { fingerprint, components } = derived(identity, product, installationId);
        expect(Object.keys(components).length).toBeLessThanOrEqual(12);
        expect(FingerprintComponents.safeParse(components).success).toBe(true);
        expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });
});
