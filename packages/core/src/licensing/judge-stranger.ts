import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { asMachine } from "./find-by-key.ts";
import * as licenseStore from "./license-store.ts";
import type { KeyHolder } from "./license-store.ts";
import type { MachineRow } from "./machine-store.ts";
import { findPresentedMachine, recognizeMachine } from "./recognize-machine.ts";
import type { AcquireRequest, SeatJudgement } from "./seat-requests.ts";
import { barOf } from "./validation-rules.ts";

/** What is known of a machine by its parts, and when by PostgreSQL's clock. */
interface Recognized {
  readonly machine: MachineRow | null;
  readonly at: Date;
}

/**
 * Judges once more who acquires by a fingerprint that the license does not know, where the machine is known by its
 * parts; else what was judged stands. Callers choose fingerprints and parts, and comparing parts reads the license's
 * machines: so it is done outside the judgement that all share, for one machine at a time, and only so often per
 * license and minute. Throws RATE_LIMITED.
 */
export const judgeStranger = ({
  database,
  judgeSeat,
  rateLimits,
}: Pick<VerbDeps, "database" | "judgeSeat" | "rateLimits">) => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const recognize = async (
    { call, input, licenseId }: AcquireRequest,
    holder: KeyHolder,
  ): Promise<Recognized> => {
    const asHolder = asMachine(call, holder);
    const found = await inTurn(() =>
      inTransaction(database, asHolder, async (tx): Promise<Recognized> => {
        const machine = await findPresentedMachine(tx, licenseId, input);
        return { machine, at: tx.now };
      }),
    );
    if (!found.machine || found.machine.bannedAt) return found;
    return inTransaction(database, asHolder, async (tx) => {
      const license = await licenseStore.lockLicense(tx, licenseId);
      const isUsable = license?.keyHash.equals(holder.keyHash) && !barOf(license, tx.now);
      const machine = isUsable ? await recognizeMachine(tx, asHolder, licenseId, input) : null;
      return { machine, at: tx.now };
    });
  };

  return async (
    request: AcquireRequest,
    holder: KeyHolder,
    judged: SeatJudgement,
  ): Promise<SeatJudgement> => {
    await rateLimits.stranger({ licenseId: request.licenseId });
    if (!request.input.components) return judged;
    const { machine, at } = await recognize(request, holder);
    if (!machine) return judged;
    if (machine.bannedAt) return { kind: "not_usable", code: "FINGERPRINT_BANNED", at };
    return judgeSeat({ ...request, machineId: machine.id });
  };
};
