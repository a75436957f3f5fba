/**
 * Repeats the first answer of a request that names itself by an idempotency key.
 *
 * A key is free, claimed, or answered. In `transaction` mode claim, effect and answer commit together:
 * whoever comes second waits at the row for the first, and a crash leaves the key free. In
 * `converging` mode the claim commits before the effect, which reaches beyond one transaction; a claim
 * that a crash left behind is taken over after 60 s, and the effect repeats harmlessly by its own
 * natural key. Errors that may pass (RATE_LIMITED, UNAVAILABLE, …) free the key again.
 */
import { DomainError } from "@latchkey/contracts";
import type { Access, ProcedureContract } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { setTimeout as sleep } from "node:timers/promises";
import { asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction, joining } from "../transaction.ts";
import { callerText, canonicalJson, checkKey, judge } from "./idempotency-rules.ts";
import { isLasting, openOutcome, sealOutcome } from "./stored-answer.ts";
import type { Outcome } from "./stored-answer.ts";
import * as store from "./store.ts";

export interface KeyedRequest {
  /** What the client sent as `Idempotency-Key`. */
  readonly key: string;
  readonly mode: NonNullable<ProcedureContract["idempotency"]>;
  readonly procedure: string;
  readonly access: Access["kind"];
  /** The parsed input: two texts of the same input are the same request. */
  readonly input: unknown;
}

export interface KeyedAnswer {
  readonly outcome: Outcome;
  /** Whether this is the repeated outcome of an earlier request. */
  readonly replayed: boolean;
}

type Deps = Pick<CoreDeps, "database" | "vault">;
type Work = (call: Call) => Promise<unknown>;

const waitMs = { between: 100, atMost: 15_000 };

const otherRequest = (): DomainError =>
  new DomainError(
    "CONFLICT",
    { remedy: "Send a new Idempotency-Key with every new request." },
    "This Idempotency-Key was used for another request.",
  );

const stillRunning = (): DomainError =>
  new DomainError(
    "UNAVAILABLE",
    { retryAfterSeconds: 5 },
    "The first request under this Idempotency-Key is still being carried out.",
  );

/** What the key's row holds for us: its outcome, or that there is none yet. Throws CONFLICT. */
const readOutcome = async ({ vault }: Deps, tx: Tx, wanted: store.Claim) => {
  const row = await store.findClaim(tx, wanted);
  if (row === null) return null;
  const { requestHash, answerCiphertext, ageSeconds } = row;
  const answered = answerCiphertext !== null;
  const judgement = judge({ requestHash, answered, ageSeconds }, wanted.requestHash);
  if (judgement === "other-request") throw otherRequest();
  return answerCiphertext === null ? judgement : openOutcome(vault, answerCiphertext);
};

const runInTransaction = (deps: Deps, call: Call, wanted: store.Claim, work: Work) =>
  inTransaction(deps.database, call, async (tx): Promise<KeyedAnswer> => {
    if (!(await store.claim(tx, wanted)) && !(await store.takeOver(tx, wanted))) {
      const found = await readOutcome(deps, tx, wanted);
      if (found === null || typeof found === "string") throw stillRunning();
      return { outcome: found, replayed: true };
    }
    let outcome: Outcome;
    try {
      // A savepoint: a refusal undoes what the verb wrote and leaves the claim, to carry the refusal.
      outcome = await tx.db.transaction(async (db) => ({
        answer: await work(joining(call, { ...tx, db })),
      }));
    } catch (error) {
      if (!isLasting(error)) throw error;
      outcome = { error };
    }
    await store.storeAnswer(tx, wanted, sealOutcome(deps.vault, outcome));
    return { outcome, replayed: false };
  });

const claimOrWait = async (
  deps: Deps,
  house: Call,
  wanted: store.Claim,
): Promise<Outcome | null> => {
  const startedMs = performance.now();
  for (;;) {
    const found = await inTransaction(deps.database, house, async (tx) => {
      if (await store.claim(tx, wanted)) return null;
      const outcome = await readOutcome(deps, tx, wanted);
      if (outcome === "abandoned" && (await store.takeOver(tx, wanted))) return null;
      return outcome ?? "running";
    });
    if (found === null || typeof found !== "string") return found;
    if (performance.now() - startedMs > waitMs.atMost) throw stillRunning();
    await sleep(waitMs.between);
  }
};

const runConverging = async (
  deps: Deps,
  call: Call,
  wanted: store.Claim,
  work: Work,
): Promise<KeyedAnswer> => {
  const house = asSystem(call, "idempotency");
  const found = await claimOrWait(deps, house, wanted);
  if (found) return { outcome: found, replayed: true };
  let outcome: Outcome;
  try {
    outcome = { answer: await work(call) };
  } catch (error) {
    if (!isLasting(error)) {
      await inTransaction(deps.database, house, (tx) => store.dropClaim(tx, wanted));
      throw error;
    }
    outcome = { error };
  }
  const sealed = sealOutcome(deps.vault, outcome);
  await inTransaction(deps.database, house, (tx) => store.storeAnswer(tx, wanted, sealed));
  return { outcome, replayed: false };
};

/**
 * Carries the request out, or repeats its first outcome of the last 24 h. `work` gets the call to
 * use: in `transaction` mode it carries the transaction. Throws BAD_REQUEST for a key that is no
 * visible ASCII, CONFLICT where the key was used for another request, UNAVAILABLE where the first is
 * still running, and what `work` throws that may pass; a refusal that stays is an outcome.
 */
export const answerOnce = (deps: Deps) => {
  // Repeats within one process wait here and not with a connection each, which the first may need.
  const running = new Map<string, Promise<unknown>>();
  return async (call: Call, request: KeyedRequest, work: Work): Promise<KeyedAnswer> => {
    const { key, mode, procedure, access, input } = request;
    checkKey(key);
    const hash = (text: string) => deps.vault.hash("idempotency-scope", text);
    const wanted: store.Claim = {
      scope: hash(`caller:${callerText(call.actor, access, input)}`).toString("base64url"),
      key,
      procedure,
      requestHash: hash(`request:${procedure}:${canonicalJson(input)}`),
    };
    const id = `${wanted.scope}:${key}`;
    for (let first = running.get(id); first !== undefined; first = running.get(id)) {
      await first.catch(() => undefined);
    }
    const run = mode === "transaction" ? runInTransaction : runConverging;
    const mine = run(deps, call, wanted, work);
    running.set(id, mine);
    try {
      return await mine;
    } finally {
      running.delete(id);
    }
  };
};
