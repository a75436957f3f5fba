import type { LicenseFileClaims } from "@latchkey/license-crypto/verify";
import type { LicenseInfo, MachineInfo, Validation } from "./answers.ts";
import type { Result } from "./latchkey-error.ts";
import type { LatchkeyState } from "./latchkey-state.ts";

/**
 * What an app holds. No method throws or rejects for an expected state: what may go wrong comes back
 * as `{ ok: false, error }`.
 */
export interface Latchkey {
  /** What was stored has been read; every method waits for it by itself. */
  readonly ready: Promise<void>;
  readonly state: LatchkeyState;
  /** Hears every change of `state`, not the present one; the answer ends it. */
  subscribe(listener: (state: LatchkeyState) => void): () => void;
  /**
   * Makes this machine one of the license's and goes on to take a seat. The key may be typed in any
   * form, or stand in a pasted mail. Repeating it changes nothing. SEAT_HELD while a seat is in use.
   */
  activate(key: string): Promise<Result<{ license: LicenseInfo; machine: MachineInfo }>>;
  /** Takes a seat, or asks again at once; settles when the app may run, or when the answer is known. */
  acquire(): Promise<Result<{ state: LatchkeyState }>>;
  /** Gives the seat back, within 2 s; without a network the lease ends by itself. */
  release(): Promise<Result<{}>>;
  /** Asks for a verdict on the key, and on features if any are named; changes nothing. */
  validate(options?: {
    readonly features?: readonly string[];
  }): Promise<Result<{ validation: Validation }>>;
  readonly file: {
    /** Checks a license file and runs by it wherever no lease is in use; kept for the next start. */
    import(text: string): Promise<Result<{ claims: LicenseFileClaims }>>;
    /** Checks a license file by the pinned keys, this product and this machine; changes nothing. */
    verify(text: string): Promise<Result<{ claims: LicenseFileClaims }>>;
  };
  /** Tell it when the operating system reports a network, or wakes from sleep. */
  networkReturned(): void;
  /** Asks the server now instead of at the next turn. */
  tryNow(): void;
  /** For quitting: releases the seat within 2 s, then everything is still. */
  stop(): Promise<void>;
}
