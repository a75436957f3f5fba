/** What must hold between the words of the API and the rows of PostgreSQL, read past every guard. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FleetLedger } from "@latchkey/fleet";
import type { Sql } from "postgres";
import { z } from "zod";
import type { House, HouseLicense } from "./house/house.ts";
import { aMachine, seatCalls } from "./seat-calls.ts";

const Stored = z.array(
  z.object({ id: z.string(), seq: z.coerce.number(), endedAt: z.date().nullable() }),
);
const Overfull = z.array(
  z.object({ id: z.string(), held: z.coerce.number(), maxSeats: z.number() }),
);

/**
 * Every lease that was acknowledged is stored, every release that was acknowledged has ended its session,
 * and no license holds more than its seats. The ledger is from before the rows are read: rows only move on.
 */
export const whatIsNotStored = async (
  sql: Sql,
  { sessions }: Pick<FleetLedger, "sessions">,
): Promise<string[]> => {
  const acknowledged = new Map(sessions);
  const rows = Stored.parse(await sql`select id, seq, ended_at as "endedAt" from sessions`);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const missing = [...acknowledged].flatMap(([id, { newestSeq, releaseAcknowledged }]) => {
    const row = byId.get(id);
    if (row === undefined) return [`Session ${id} was granted and is not stored.`];
    if (row.seq < newestSeq) {
      return [`Session ${id} was acknowledged up to ${newestSeq} and is stored at ${row.seq}.`];
    }
    return releaseAcknowledged && row.endedAt === null
      ? [`Session ${id} was released, which was acknowledged, and holds its seat.`]
      : [];
  });
  const overfull = Overfull.parse(
    await sql`
      select l.id, count(*) as held, l.max_seats as "maxSeats"
      from sessions s join licenses l on l.id = s.license_id
      where s.ended_at is null and s.expires_at > latchkey_now()
      group by l.id having count(*) > l.max_seats`,
  );
  return [
    ...missing,
    ...overfull.map(
      ({ id, held, maxSeats }) => `License ${id} holds ${held} of ${maxSeats} seats.`,
    ),
  ];
};

const tries = 7;
/** The API asks PostgreSQL about a refusal by Redis once per license and second. */
const betweenTriesMs = 300;

const freeSeats = async (sql: Sql, { licenseId, maxSeats }: HouseLicense): Promise<number> => {
  const [row] = await sql<{ held: number }[]>`
    select count(*)::int as held from sessions where license_id = ${licenseId} and ended_at is null`;
  return maxSeats - (row?.held ?? 0);
};

const refusedInVain = async (
  sql: Sql,
  host: string,
  license: HouseLicense,
): Promise<string | null> => {
  const api = seatCalls(host);
  const { licenseId } = license;
  const machine = aMachine(license);
  let code = "";
  let activated = false;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if ((await freeSeats(sql, license)) <= 0) return null;
    const answer = activated ? await api.acquire(machine) : await api.activate(machine);
    if (answer.ok && activated) {
      await api.release(answer.seat?.lease ?? "");
      return null;
    }
    if (answer.ok) {
      activated = true;
      continue;
    }
    code = answer.code;
    await sleep(betweenTriesMs);
  }
  const free = await freeSeats(sql, license);
  return free > 0
    ? `${host} says ${code} to every machine of license ${licenseId}, which has ${free} seats free.`
    : null;
};

/** Whom a node refuses though a seat is free: a fresh machine asks for each license at each node. */
export const whoIsRefusedInVain = async (house: House): Promise<string[]> => {
  const found: string[] = [];
  for (const { url } of house.nodes) {
    const refused = await Promise.all(
      house.licenses.map((license) => refusedInVain(house.sql, url, license)),
    );
    found.push(...refused.filter((sentence) => sentence !== null));
  }
  return found;
};
