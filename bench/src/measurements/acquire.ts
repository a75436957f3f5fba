import type { Context } from "../context.ts";
import { runPgbench } from "../pgbench.ts";
import { inTurn } from "../statistics.ts";
import {
  acquireBody,
  acquiresPerCell,
  demandLease,
  doors,
  fetchKeyRing,
  heldSeatIn,
  leaseIn,
  licensesPerCell,
  machinesInTurn,
  nonceOf,
  paths,
} from "../workloads.ts";
import type { Door } from "../workloads.ts";

const measurement = "acquire, granted";

const acquireFromLatchkey = async (context: Context, door: Door): Promise<void> => {
  const { servers, vendor, sizes, acknowledged } = context;
  const licenses = await vendor.licenses(licensesPerCell, acquiresPerCell(sizes));
  const machines = machinesInTurn(licenses);
  const answers: string[] = [];
  await context.load({ measurement, by: `Latchkey, ${door}` }, servers.pids.api(), {
    url: `${servers.apiUrl}${paths[door].acquire}`,
    count: machines.length,
    bodyOf: (index) => acquireBody(machines, index),
    accepts: (status, body, index) => {
      answers[index] = body;
      return status === 200 && leaseIn(body) !== undefined;
    },
  });
  acknowledged.sessions += answers.length;
  const keyRing = await fetchKeyRing(servers.apiUrl);
  const ids = new Set<string>();
  const aud = licenses[0]?.productId ?? "";
  for (const [index, body] of answers.entries()) {
    const { lease, session } = heldSeatIn(body);
    demandLease(keyRing, lease, { aud, sid: session.id, seq: 1, nonce: nonceOf(index) });
    ids.add(session.id);
  }
  if (ids.size !== answers.length) throw new Error("Two machines were given one session.");
};

/** Granted acquires: Latchkey by both doors, and pgbench with the statements of one grant. */
export const measureAcquires = async (context: Context, round: number): Promise<void> => {
  const subjects = [
    ...doors.map((door) => () => acquireFromLatchkey(context, door)),
    () => runPgbench(context, measurement),
  ];
  for (const acquire of inTurn(subjects, round)) await acquire();
};
