import type { LatchkeyStorage } from "@latchkey/client";
import { createFileStorage } from "@latchkey/client/node";
import type { SafeStorage } from "electron";
import type { About } from "../ipc.ts";

type Keychain = Pick<
  SafeStorage,
  "isEncryptionAvailable" | "getSelectedStorageBackend" | "encryptString" | "decryptString"
>;

/** The first byte of a stored file, so that one written without a keychain stays readable with one. */
const ENCRYPTED = 1;
const PLAIN = 0;

/**
 * Linux without a keychain still "encrypts", under a password that is the same everywhere: that is no
 * protection, so it is not called one. Asked only once Electron is ready.
 */
const keeps = (keychain: Keychain, platform: NodeJS.Platform): boolean =>
  keychain.isEncryptionAvailable() &&
  (platform !== "linux" || keychain.getSelectedStorageBackend() !== "basic_text");

/**
 * Where the license is kept between runs: encrypted by the system's keychain, else as plain text in a file that
 * only its user may read. `keptIn` says which, for the window to state.
 */
export const createLicenseStorage = (
  directory: string,
  keychain: Keychain,
  platform: NodeJS.Platform,
): { readonly storage: LatchkeyStorage; readonly keptIn: About["licenseKeptIn"] } => {
  const encrypted = keeps(keychain, platform);
  const storage = createFileStorage({
    directory,
    encrypt: (text) =>
      encrypted
        ? Buffer.concat([Buffer.of(ENCRYPTED), keychain.encryptString(text)])
        : Buffer.concat([Buffer.of(PLAIN), Buffer.from(text, "utf8")]),
    decrypt: (bytes) => {
      const body = Buffer.from(bytes.subarray(1));
      return bytes[0] === ENCRYPTED ? keychain.decryptString(body) : body.toString("utf8");
    },
  });
  return { storage, keptIn: encrypted ? "keychain" : "plain_file" };
};
