import { newId } from "@latchkey/db";
import postgres from "postgres";
import { aLicense } from "./test-core.ts";
import type { IssuedLicense, TestCore } from "./test-core.ts";

export interface FilledLicense extends IssuedLicense {
  /** Of machines that hold no seat. */
  readonly fingerprints: readonly string[];
  /** Of those that hold one, each on a machine of its own. */
  readonly sessionIds: readonly string[];
}

/**
 * A license with so many machines, and with so many sessions on machines beside them, and a seat for each. Written
 * by SQL, behind row-level security and in no time: so many that their number tells how PostgreSQL looks for them.
 */
export const aFilledLicense = async (
  made: Pick<TestCore, "core" | "database" | "databaseUrl">,
  { machines = 0, sessions = 0 }: { machines?: number; sessions?: number },
): Promise<FilledLicense> => {
  const license = await aLicense(made, { maxSeats: machines + sessions });
  const { licenseId, owner } = license;
  const { organizationId } = owner;
  const idsOf = (count: number): string[] => Array.from({ length: count }, () => newId());
  const [machineIds, sessionIds] = [idsOf(machines), idsOf(sessions)];
  const superuser = postgres(made.databaseUrl, { max: 1 });
  try {
    await superuser`
      insert into machines (organization_id, id, license_id, fingerprint, name, activated_at, last_seen_at)
      select ${organizationId}, id, ${licenseId}, 'filled:' || id, 'filled', now(), now()
      from unnest(${[...machineIds, ...sessionIds]}::uuid[]) as id`;
    await superuser`
      insert into sessions (organization_id, id, license_id, machine_id, started_at, last_heartbeat_at, expires_at)
      select ${organizationId}, id, ${licenseId}, id, now(), now(), now() + interval '6 minutes'
      from unnest(${sessionIds}::uuid[]) as id`;
  } finally {
    await superuser.end();
  }
  return { ...license, fingerprints: machineIds.map((id) => `filled:${id}`), sessionIds };
};
