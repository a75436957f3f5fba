/**
 * The border between main and the window: every channel and its signature. Main answers exactly these, the
 * preload offers exactly these as `window.latchkey`, and nothing else crosses. What crosses is plain JSON.
 */
import type { LatchkeyError, LatchkeyState, MachineIdentity } from "@latchkey/client";

export type { LatchkeyError, LatchkeyState };

/** What does not change while the app runs. */
export interface About {
  readonly appName: string;
  readonly appVersion: string;
  /** Of the license server, as a person reads it: "license.example.com". */
  readonly host: string;
  /** All that the license server is told of this computer; the window shows it on request. */
  readonly machine: MachineIdentity;
  /** `plain_file`: this system offers no keychain, so the license lies readable in the user's own folder. */
  readonly licenseKeptIn: "keychain" | "plain_file";
  /** Where the person's work is saved. */
  readonly workPath: string;
}

/** How a verb ended; an expected failure is an answer, never a rejection. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: LatchkeyError };

/** What is to be said of a key while it is typed. */
export type KeyJudgement =
  | { readonly kind: "empty" | "incomplete" }
  /** `found`: it stood in a longer text, such as a whole mail. */
  | { readonly kind: "complete"; readonly key: string; readonly found: boolean }
  /** `group` is 1 to 6 where it can be known; the prefix is group 1. */
  | { readonly kind: "mistyped"; readonly group: number | null };

/** The license as the server described it last. */
export interface LicenseFacts {
  readonly planName: string;
  /** ISO 8601, UTC; null where it does not end. */
  readonly expiresAt: string | null;
}

/** What the window may ask of main. */
export interface Requests {
  about(): About;
  state(): LatchkeyState;
  judgeKey(text: string): KeyJudgement;
  activate(text: string): Outcome;
  acquire(): Outcome;
  release(): Outcome;
  tryNow(): void;
  /** The browser's engine saw the network come back. */
  networkReturned(): void;
  importLicenseFile(text: string): Outcome;
  /** Null when the server cannot be asked now. */
  readLicense(): LicenseFacts | null;
  /** Opens the vendor's portal in the person's browser; the address is the settings', never the window's. */
  openPortal(): void;
  readWork(): string;
  saveWork(text: string): void;
  quit(): void;
}

/** What main tells the window unasked. */
export interface Notices {
  state(state: LatchkeyState): void;
}

/** `window.latchkey`: one named function per channel. */
export type Bridge = {
  readonly [Name in keyof Requests]: (
    ...input: Parameters<Requests[Name]>
  ) => Promise<ReturnType<Requests[Name]>>;
} & {
  /** Hears every change of the state; the answer ends it. */
  readonly onState: (listener: Notices["state"]) => () => void;
};
