/** Shows the server leases that it has taken back: who remembers the release refuses them. */
import { randomBytes } from "node:crypto";
import { forEach } from "./for-each.ts";
import type { HttpDoor } from "./http-door.ts";
import type { LedgerCall } from "./ledger.ts";
import type { Recorder, ReleasedLease } from "./recorder.ts";
import { readAnswer } from "./seat-wire.ts";

/** As long as the SDK waits. */
const TIMEOUT_MS = 7_000;
const AT_ONCE = 64;

/** One heartbeat for each lease, in the ledger as `recheck`. Never rejects: no answer proves nothing. */
export const recheckReleases = async (
  leases: readonly ReleasedLease[],
  {
    doorOf,
    recorder,
    nowMs,
  }: { doorOf: (machine: number) => HttpDoor; recorder: Recorder; nowMs: () => number },
): Promise<void> =>
  forEach(leases, AT_ONCE, async ({ machine, lease }) => {
    const nonce = randomBytes(16).toString("base64url");
    const asked = { machine, call: "recheck", sentAtMs: nowMs(), presented: lease, nonce } as const;
    const note = (answer: Pick<LedgerCall, "answeredAtMs" | "outcome" | "token" | "code">): void =>
      recorder.call({ ...asked, usedSeats: null, ...answer });
    try {
      const { status, text } = await doorOf(machine).send(
        "/trpc/seats.heartbeat",
        JSON.stringify({ lease, nonce }),
        AbortSignal.timeout(TIMEOUT_MS),
      );
      const answeredAtMs = nowMs();
      const seen = readAnswer(status, text);
      if (seen.kind === "refused") {
        note({ answeredAtMs, outcome: "refused", token: seen.token, code: seen.code });
      } else note({ answeredAtMs, outcome: "lease", token: seen.lease, code: null });
    } catch {
      note({ answeredAtMs: null, outcome: "failed", token: null, code: "UNANSWERED" });
    }
  });
