/**
 * Runs the state machine: its effects become calls, timers and files, their results events. The nonce of a
 * call lives here, from the sending to the answer: the state machine never hears of an answer without it
 * but as of trouble.
 */
import { asActivation, asHeldSeat } from "./answers.ts";
import type { LicenseInfo, MachineInfo } from "./answers.ts";
import type { LatchkeyClock } from "./latchkey-clock.ts";
import { networkError } from "./latchkey-error.ts";
import type { NetworkError } from "./latchkey-error.ts";
import type { Proof } from "./proof.ts";
import { initialCore, reduce } from "./state/reduce.ts";
import type { Call, Core, Effect, Happening, Notice } from "./state/model.ts";
import type { Now } from "./state/server-clock.ts";
import type { ClientCalls, Wire, WireAnswer } from "./wire.ts";

const KEYS_TIMEOUT_MS = 4_000;

/** Made once: the reason that `abort` makes by itself costs more than the rest of a call. */
const isOver = new DOMException("The call is over.", "AbortError");
const NONCE_BYTES = 16;

/** 128 bits from the platform's CSPRNG, in characters that base64url has too. */
const freshNonce = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

export interface RuntimeOptions {
  readonly clock: LatchkeyClock;
  readonly random: () => number;
  readonly wire: Wire;
  readonly proof: Proof;
  /** Sent with every call that names this machine. */
  readonly machine: Omit<ClientCalls["machines.activate"], "licenseKey">;
  readonly onPersist: (core: Core, at: Now) => void;
  readonly onNotice: (notice: Notice) => void;
  /** After every event, once its effects are under way. */
  readonly onStep: (core: Core, at: Now) => void;
  readonly onActivated: (activation: { license: LicenseInfo; machine: MachineInfo }) => void;
}

export interface Runtime {
  core(): Core;
  now(): Now;
  dispatch(happening: Happening): void;
  /** A call beside the state machine's; it waits for its turn, and never rejects. */
  callBeside<Path extends keyof ClientCalls>(
    path: Path,
    input: ClientCalls[Path],
    timeoutMs: number,
  ): Promise<WireAnswer>;
  /** Ends timers and calls; nothing happens any more. */
  stop(): void;
}

export const createRuntime = (options: RuntimeOptions): Runtime => {
  const { clock, random, wire, proof, machine } = options;
  let lastMonotonicMs = 0;
  const now = (): Now => {
    lastMonotonicMs = Math.max(lastMonotonicMs, Math.floor(clock.monotonicMs()));
    return { monotonicMs: lastMonotonicMs, wallMs: Math.floor(clock.wallMs()) };
  };

  let core = initialCore(now());
  let stopped = false;
  let cancelTimer = () => {};
  const calls = new Map<number, () => void>();
  const stopBeside = new Set<() => void>();
  /** Settles when the wire is free; every call waits for the one before it. */
  let lane: Promise<unknown> = Promise.resolve();

  /** One call in its turn: `timeoutMs` counts the waiting too, and ends the call on the wire. */
  const send = <Answer>(
    call: (signal: AbortSignal) => Promise<Answer>,
    ifNone: (error: NetworkError) => Answer,
    timeoutMs: number,
  ): { readonly answer: Promise<Answer>; readonly cancel: () => void } => {
    const controller = new AbortController();
    let end: (answer: Answer) => void = () => {};
    const ended = new Promise<Answer>((resolve) => (end = resolve));
    const close = (answer: Answer): void => {
      stopTimer();
      end(answer);
      controller.abort(isOver);
    };
    const stopTimer = clock.setTimer(timeoutMs, () =>
      close(ifNone(networkError("timeout", "No answer came in time."))),
    );
    lane = lane.then(async () => {
      if (controller.signal.aborted) return;
      // The race, since a `fetch` that ignores its signal must not hold up the next call.
      close(await Promise.race([call(controller.signal), ended]));
    });
    const cancel = (): void => close(ifNone(networkError("unreachable", "The call was given up.")));
    return { answer: ended, cancel };
  };

  const sendTo = <Path extends keyof ClientCalls>(
    path: Path,
    input: ClientCalls[Path],
    timeoutMs: number,
  ) =>
    send<WireAnswer>(
      (signal) => wire.call(path, input, signal),
      (error) => ({ kind: "failed", error }),
      timeoutMs,
    );

  /** After a rotation the new key has to be fetched first; a pinned one must vouch for it. */
  const learnKeys = async (answer: WireAnswer): Promise<void> => {
    const token = signedTokenIn(answer);
    if (token === null || !proof.namesUnknownKey(token)) return;
    const keys = send<unknown>(
      (signal) => wire.keys(signal),
      () => null,
      KEYS_TIMEOUT_MS,
    );
    stopBeside.add(keys.cancel);
    proof.learn(await keys.answer);
    stopBeside.delete(keys.cancel);
  };

  const startCall = (call: Call, nonce: string, timeoutMs: number) => {
    const { appVersion, components, fingerprint } = machine;
    const optional = {
      ...(components === undefined ? {} : { components }),
      ...(appVersion === undefined ? {} : { appVersion }),
    };
    const lease = core.lease?.token ?? "";
    switch (call) {
      case "activate": {
        const licenseKey = core.phase.name === "activating" ? core.phase.key : "";
        return sendTo("machines.activate", { ...machine, licenseKey }, timeoutMs);
      }
      case "acquire": {
        const licenseKey = core.key ?? "";
        const input = { licenseKey, fingerprint, nonce, ...optional };
        return sendTo("seats.acquire", input, timeoutMs);
      }
      case "heartbeat":
        return sendTo("seats.heartbeat", { lease, nonce }, timeoutMs);
      case "release":
        for (const stop of stopBeside) stop();
        return sendTo("seats.release", { lease }, timeoutMs);
    }
  };

  const judged = (id: number, call: Call, nonce: string, answer: WireAnswer): Happening => {
    if (answer.kind === "failed") return { type: "failed", id, error: answer.error };
    if (answer.kind === "refused") {
      // Activation asks for no seat: its refusal repeats no nonce, and takes no lease away.
      return refusedWith(id, answer, proof, call === "activate" ? undefined : nonce);
    }
    if (call === "release") return { type: "releaseDone", id };
    if (call === "activate") {
      const activation = asActivation(answer.body);
      if (activation === undefined) return unreadable(id);
      options.onActivated(activation);
      return { type: "activated", id, licenseId: activation.license.id };
    }
    const held = asHeldSeat(answer.body);
    const lease = held === undefined ? null : proof.lease(held.lease, nonce);
    if (held === undefined || lease === null) return unreadable(id);
    const { seats, heartbeatInterval: heartbeatSeconds } = held;
    return { type: "granted", id, lease, seats, heartbeatSeconds };
  };

  const execute = (effect: Effect, at: Now): void => {
    switch (effect.type) {
      case "call": {
        const { id, call, timeoutMs } = effect;
        const nonce = freshNonce();
        const { answer, cancel } = startCall(call, nonce, timeoutMs);
        calls.set(id, cancel);
        void answer.then(async (received) => {
          await learnKeys(received);
          if (calls.delete(id)) dispatch(judged(id, call, nonce, received));
        });
        return;
      }
      case "abandon": {
        const cancel = calls.get(effect.id);
        calls.delete(effect.id);
        cancel?.();
        return;
      }
      case "setTimer":
        cancelTimer();
        if (effect.atMonotonicMs !== null) {
          const delayMs = Math.max(0, Math.ceil(effect.atMonotonicMs - at.monotonicMs));
          cancelTimer = clock.setTimer(delayMs, () => dispatch({ type: "timer" }));
        }
        return;
      case "persist":
        options.onPersist(core, at);
        return;
      case "notify":
        options.onNotice(effect.notice);
        return;
    }
  };

  const queue: Happening[] = [];
  let draining = false;
  const dispatch = (happening: Happening): void => {
    if (stopped) return;
    queue.push(happening);
    // An effect or a listener may dispatch: its event waits until this one is through.
    if (draining) return;
    draining = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const at = now();
      const step = reduce(core, { ...next, at, random: random() });
      core = step.core;
      for (const effect of step.effects) execute(effect, at);
      options.onStep(core, at);
    }
    draining = false;
  };

  return {
    core: () => core,
    now,
    dispatch,
    callBeside: async (path, input, timeoutMs) => {
      const { answer, cancel } = sendTo(path, input, timeoutMs);
      stopBeside.add(cancel);
      const received = await answer;
      stopBeside.delete(cancel);
      return received;
    },
    stop: () => {
      stopped = true;
      cancelTimer();
      for (const cancel of calls.values()) cancel();
      calls.clear();
      for (const cancel of stopBeside) cancel();
    },
  };
};

/** What an answer gives to be proved: a lease, a refusal, or nothing. */
const signedTokenIn = (answer: WireAnswer): string | null => {
  if (answer.kind === "answered") return asHeldSeat(answer.body)?.lease ?? null;
  return answer.kind === "refused" ? answer.token : null;
};

const unreadable = (id: number): Happening => ({
  type: "failed",
  id,
  error: networkError("not_trusted", "The answer is not the license server's."),
});

/** A refusal says what its signature proves, and the unsigned words around it where none does. */
const refusedWith = (
  id: number,
  { refusal, token }: Extract<WireAnswer, { kind: "refused" }>,
  proof: Proof,
  nonce: string | undefined,
): Happening => {
  const signed = token === null ? null : proof.refusal(token, nonce);
  if (signed === null) return { type: "refused", id, refusal, signed };
  const { detail, code: validationCode, maxSeats = null, usedSeats = null } = signed;
  return {
    type: "refused",
    id,
    signed,
    refusal: { ...refusal, signed: true, detail, validationCode, maxSeats, usedSeats },
  };
};
