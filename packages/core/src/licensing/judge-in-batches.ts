import { isDomainError } from "@latchkey/contracts";
import { systemCall } from "../call.ts";
import { inKeyedTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import type { FullLicenses } from "./full-licenses.ts";
import { judgeSeats } from "./judge-seats.ts";
import { createLicenseBatches } from "./license-batches.ts";
import type { SeatJudgement, SeatRequest } from "./seat-requests.ts";

/**
 * PostgreSQL's judgement on a claim, together with those that arrive with it; what is claimed of a full
 * license while it is being judged is answered by that judgement.
 */
export type JudgeSeat = (request: SeatRequest) => Promise<SeatJudgement>;

/** What a judgement says of a license that is full, as a memory that began after the claim may say it. */
const recallFrom =
  (fullLicenses: FullLicenses) =>
  (request: SeatRequest): SeatJudgement | null => {
    if (request.kind !== "acquire") return null;
    const { licenseId, input } = request;
    const machineId =
      request.machineId ??
      fullLicenses.findMachineId({ licenseId, fingerprint: input.fingerprint });
    if (machineId === null) return null;
    const full = fullLicenses.find({ ...request, machineId });
    return full && { kind: "exhausted", ...full, machineId };
  };

/** The judge of all claims of this process. */
export const createSeatJudge = ({
  database,
  fullLicenses,
  observe,
}: Pick<LicensingDeps, "database" | "observe"> & {
  readonly fullLicenses: FullLicenses;
}): JudgeSeat => {
  const judge = async (requests: readonly SeatRequest[], skipLocked: boolean) => {
    const startedMs = performance.now();
    const judgements = await inKeyedTransaction(database, systemCall("judge-seats"), (tx) =>
      judgeSeats(tx, requests, { skipLocked }),
    );
    const commitSeconds = (performance.now() - startedMs) / 1000;
    observe?.({ kind: "group_commit", work: "acquire", size: requests.length, commitSeconds });
    const remembered = new Set<string>();
    for (const judgement of judgements.values()) {
      if (judgement.kind !== "exhausted" || remembered.has(judgement.license.id)) continue;
      remembered.add(judgement.license.id);
      fullLicenses.remember(judgement, startedMs);
    }
    return judgements;
  };
  return createLicenseBatches<SeatRequest, SeatJudgement>({
    maxItems: 500,
    maxWaitMs: 10,
    maxTogether: 3,
    maxInLine: 3,
    recall: recallFrom(fullLicenses),
    judgeTogether: (requests) => judge(requests, true),
    judgeInLine: (requests) => judge(requests, false),
    mayBeOfOne: (error) => !isDomainError(error),
  });
};
