import type { LicenseFileClaims } from "@latchkey/license-crypto/verify";
import { asValidation } from "./answers.ts";
import { platformClock } from "./latchkey-clock.ts";
import type { LatchkeyClock } from "./latchkey-clock.ts";
import { networkError } from "./latchkey-error.ts";
import type { LatchkeyError, Result } from "./latchkey-error.ts";
import { viewOf } from "./latchkey-state.ts";
import type { LatchkeyState } from "./latchkey-state.ts";
import type { Latchkey } from "./latchkey.ts";
import {
  activationResult,
  isBusy,
  isStopped,
  malformed,
  seatHeld,
  unlicensed,
  whyNot,
} from "./local-errors.ts";
import type { Activation } from "./local-errors.ts";
import { createProof } from "./proof.ts";
import { readKey } from "./read-key.ts";
import { createRuntime } from "./runtime.ts";
import { canActivate } from "./state/on-wish.ts";
import type { LapseWarningMinutes } from "./state/timing.ts";
import { timing } from "./state/timing.ts";
import { serverTimeMs } from "./state/server-clock.ts";
import type { Core } from "./state/model.ts";
import type { LatchkeyStorage } from "./storage.ts";
import { readLicense, writeLicense } from "./stored-license.ts";
import { createTextSaver } from "./text-saver.ts";
import { createWire } from "./wire.ts";
import type { Fetch } from "./wire.ts";

export interface MachineIdentity {
  readonly fingerprint: string;
  readonly components?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly platform?: "linux" | "macos" | "windows" | "other";
}

export interface LatchkeyOptions {
  /** The server's origin, such as "https://license.example.com". */
  readonly host: string;
  /** Product id. */
  readonly product: string;
  /** The product's JWK set, pinned in the app: nothing signed by another key is believed. */
  readonly publicKeys: { readonly keys: readonly unknown[] };
  /** The `iss` of leases; without it any issuer is taken that has the pinned keys. */
  readonly issuer?: string;
  readonly storage: LatchkeyStorage;
  readonly machine: MachineIdentity;
  readonly appVersion?: string;
  readonly fetch?: Fetch;
  readonly clock?: LatchkeyClock;
  /** Uniform in [0, 1); spreads calls in time, keeps no secret. */
  readonly random?: () => number;
  /**
   * The time to save: called with 10 and 2 minutes left without the server, and with 0 before the
   * state becomes `lapsed`. Waking from sleep past the end leaves no earlier warning.
   */
  readonly beforeLapse?: (minutesLeft: LapseWarningMinutes | 0) => void | Promise<void>;
  /** Hears what must not stop the work: a storage that fails, a listener or hook that throws. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The client of one product on one machine. It begins to read its storage at once and calls the
 * server only when asked to. Throws $ZodError or RangeError when `publicKeys` is no JWK set.
 */
export const createLatchkey = (options: LatchkeyOptions): Latchkey => {
  const { machine, storage, product, appVersion, clock = platformClock } = options;
  const onError = options.onError ?? (() => {});
  const proof = createProof({ ...options, fingerprint: machine.fingerprint });
  const saver = createTextSaver((text) => storage.save("license", text), onError);
  const listeners = new Set<(state: LatchkeyState) => void>();
  const steps = new Set<() => void>();
  let stopping: Promise<void> | null = null;
  let stopped = false;
  let activated: Activation | null = null;

  const guarded = async (run: () => void | Promise<void>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      onError(error);
    }
  };

  const runtime = createRuntime({
    clock,
    random: options.random ?? Math.random,
    wire: createWire(options.host, options.fetch ?? ((url, init) => fetch(url, init))),
    proof,
    machine: {
      fingerprint: machine.fingerprint,
      ...(machine.components === undefined ? {} : { components: machine.components }),
      ...(machine.name === undefined ? {} : { name: machine.name }),
      ...(machine.platform === undefined ? {} : { platform: machine.platform }),
      ...(appVersion === undefined ? {} : { appVersion }),
    },
    onPersist: (core, at) => saver.save(writeLicense(core, at, proof)),
    onNotice: (notice) =>
      void guarded(() => options.beforeLapse?.(notice.kind === "lapsed" ? 0 : notice.minutesLeft)),
    onActivated: (activation) => {
      activated = activation;
    },
    onStep: (core, at) => {
      const next = viewOf(core, at);
      const changed = JSON.stringify(next) !== JSON.stringify(state);
      if (changed) {
        state = next;
        for (const listener of listeners) void guarded(() => listener(next));
      }
      for (const step of steps) step();
    },
  });
  let state = viewOf(runtime.core(), runtime.now());

  const ready = (async () => {
    try {
      const text = await storage.load("license");
      const stored = text === null ? null : readLicense(text, proof);
      if (stored !== null) runtime.dispatch({ type: "restored", stored });
    } catch (error) {
      onError(error);
    }
  })();

  /** Settles once `settled` holds after some event, at the latest when the client stops. */
  const until = (settled: (core: Core) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!stopped && !settled(runtime.core())) return;
        steps.delete(look);
        resolve();
      };
      steps.add(look);
      look();
    });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.setTimer(ms, resolve));

  const failed = (error: LatchkeyError) => ({ ok: false, error }) as const;
  const whenReady = async <Value>(run: () => Promise<Result<Value>>): Promise<Result<Value>> => {
    await ready;
    return stopping === null ? run() : failed(isStopped);
  };

  const openFile = (text: string) => {
    const core = runtime.core();
    const at = runtime.now();
    const nowMs = core.clock === null ? at.wallMs : serverTimeMs(core.clock, at);
    return proof.file(text, nowMs, core.key);
  };
  const fileResult = (text: string): Result<{ claims: LicenseFileClaims }> => {
    const opened = openFile(text);
    if (opened.ok) return { ok: true, claims: opened.claims };
    const { reason } = opened;
    return failed({ code: "FILE_REFUSED", reason, detail: `The license file is ${reason}.` });
  };

  const release = async (): Promise<Result<{}>> => {
    runtime.dispatch({ type: "release" });
    await until(({ phase }) => phase.name !== "releasing");
    const { lease, problem } = runtime.core();
    return lease === null || problem === null ? { ok: true } : failed(problem);
  };

  return {
    ready,
    get state() {
      return state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    activate: (text) =>
      whenReady(async () => {
        const reading = readKey(text);
        if (!reading.ok) return failed(malformed(reading));
        if (runtime.core().phase.name === "activating") return failed(isBusy);
        if (!canActivate(runtime.core())) return failed(seatHeld);
        activated = null;
        runtime.dispatch({ type: "activate", key: reading.key });
        await until(({ phase }) => phase.name !== "activating");
        return activationResult(activated, runtime.core().problem);
      }),
    acquire: () =>
      whenReady(async () => {
        await until(({ phase }) => phase.name !== "releasing" && phase.name !== "activating");
        runtime.dispatch({ type: "acquire" });
        await until((core) => core.request === null || viewOf(core, runtime.now()).mayRun);
        return state.mayRun ? { ok: true, state } : failed(whyNot(state));
      }),
    release: () => whenReady(release),
    validate: ({ features } = {}) =>
      whenReady(async () => {
        const { key } = runtime.core();
        if (key === null) return failed(unlicensed);
        const { fingerprint, components } = machine;
        const answer = await runtime.callBeside(
          "licenses.validate",
          {
            licenseKey: key,
            product,
            fingerprint,
            ...(components === undefined ? {} : { components }),
            ...(features === undefined ? {} : { features: [...features] }),
          },
          timing.requestTimeoutMs,
        );
        if (answer.kind === "failed") return failed(answer.error);
        if (answer.kind === "refused") return failed(answer.refusal);
        const validation = asValidation(answer.body);
        return validation === undefined
          ? failed(networkError("not_trusted", "The answer is not the license server's."))
          : { ok: true, validation };
      }),
    file: {
      verify: (text) => whenReady(async () => fileResult(text)),
      import: (text) =>
        whenReady(async () => {
          const result = fileResult(text);
          if (result.ok) {
            runtime.dispatch({ type: "fileImported", file: { text, claims: result.claims } });
          }
          return result;
        }),
    },
    networkReturned: () => void ready.then(() => runtime.dispatch({ type: "networkReturned" })),
    tryNow: () => void ready.then(() => runtime.dispatch({ type: "tryNow" })),
    stop: () => {
      stopping ??= (async () => {
        await ready;
        await release();
        stopped = true;
        runtime.stop();
        for (const step of steps) step();
        // A disk that hangs must not keep the app from quitting.
        await Promise.race([saver.settled(), pause(timing.releaseWithinMs)]);
      })();
      return stopping;
    },
  };
};
