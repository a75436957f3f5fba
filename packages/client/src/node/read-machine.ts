import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { MachineIdentity } from "../create-latchkey.ts";
import type { LatchkeyStorage } from "../storage.ts";
import { deriveFingerprint } from "./derive-fingerprint.ts";
import { readIdentity } from "./read-identity.ts";

const platforms: Partial<Record<NodeJS.Platform, MachineIdentity["platform"]>> = {
  linux: "linux",
  darwin: "macos",
  win32: "windows",
};

/**
 * This machine as the license server shall know it: fingerprint, hashed components, name, platform.
 * Takes up to some seconds on Windows. A machine without hardware to name gets a random installation
 * id, kept in `storage`; rejects when it cannot be kept, since the next start would look like another
 * machine.
 */
export const readMachine = async (
  product: string,
  storage: LatchkeyStorage,
): Promise<MachineIdentity> => {
  const identity = await readIdentity();
  const derive = (installationId: string | null) =>
    deriveFingerprint(identity, product, installationId);
  let derived = derive(null);
  if (derived.fingerprint === null) derived = derive(await installationIdIn(storage));
  if (derived.fingerprint === null) throw new Error("The stored installation id is empty");
  return {
    fingerprint: derived.fingerprint,
    components: derived.components,
    name: hostname().slice(0, 100),
    platform: platforms[process.platform] ?? "other",
  };
};

const installationIdIn = async (storage: LatchkeyStorage): Promise<string> => {
  const stored = await storage.load("installation");
  if (stored !== null && /^[0-9a-f-]{36}$/.test(stored)) return stored;
  const fresh = randomUUID();
  await storage.save("installation", fresh);
  return fresh;
};
