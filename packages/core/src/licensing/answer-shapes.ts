import { License, LicenseSummary, Machine, SeatSession } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { maskLicenseKey } from "@latchkey/license-crypto";
import type { Call } from "../call.ts";
import { joining } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import type { LicenseInUse, LicenseRow } from "./license-store.ts";
import type { MachineRow } from "./machine-store.ts";
import type { SessionRow } from "./session-store.ts";

type PlanDescription =
  Awaited<ReturnType<LicensingDeps["catalog"]["describePlanVersions"]>> extends ReadonlyMap<
    string,
    infer Description
  >
    ? Description
    : never;

/** The plan that a license grants, out of `describePlansOf`. Throws Error: a license has one. */
export const planOf = (
  plans: ReadonlyMap<string, PlanDescription>,
  { id, planVersionId }: LicenseRow,
): PlanDescription => {
  const plan = plans.get(planVersionId);
  if (!plan) throw new Error(`The plan version ${planVersionId} of license ${id} is missing.`);
  return plan;
};

const toText = (instant: Date | null): string | null => instant && instant.toISOString();

/** The plans and products of licenses, read in the same transaction. */
export const describePlansOf = (
  { catalog }: Pick<LicensingDeps, "catalog">,
  tx: Tx,
  call: Call,
  rows: readonly LicenseRow[],
) =>
  catalog.describePlanVersions(joining(call, tx), [
    ...new Set(rows.map(({ planVersionId }) => planVersionId)),
  ]);

/** Licenses as members and staff see them; keys are masked. */
export const describeLicenses = async (
  deps: Pick<LicensingDeps, "catalog">,
  tx: Tx,
  call: Call,
  rows: readonly LicenseInUse[],
): Promise<License[]> => {
  const plans = await describePlansOf(
    deps,
    tx,
    call,
    rows.map(({ license }) => license),
  );
  return rows.map(({ license, usedSeats, usedMachines }) => {
    const { product, slug, name, version } = planOf(plans, license);
    return License.parse({
      id: license.id,
      organizationId: license.organizationId,
      key: maskLicenseKey({ prefix: license.keyPrefix, lastFour: license.keyLastFour }),
      status: license.status,
      product: { id: product.id, name: product.name },
      plan: { slug, name, version },
      subscriptionId: license.subscriptionId,
      trial: license.trial,
      seats: { used: usedSeats, max: license.maxSeats },
      machines: { used: usedMachines, max: license.maxMachines },
      features: license.features,
      limits: license.limits,
      expiresAt: toText(license.expiresAt),
      graceEndsAt: toText(license.graceEndsAt),
      createdAt: license.createdAt.toISOString(),
    });
  });
};

/** A license as whoever holds its key is told of it. */
export const describeToKeyHolder = async (
  deps: Pick<LicensingDeps, "catalog">,
  tx: Tx,
  call: Call,
  license: LicenseRow,
): Promise<LicenseSummary> => {
  const plans = await describePlansOf(deps, tx, call, [license]);
  const { product, slug, name } = planOf(plans, license);
  return LicenseSummary.parse({
    id: license.id,
    status: license.status,
    product: { id: product.id, name: product.name },
    plan: { slug, name },
    maxSeats: license.maxSeats,
    features: license.features,
    limits: license.limits,
    expiresAt: toText(license.expiresAt),
    graceEndsAt: toText(license.graceEndsAt),
  });
};

/** A machine as the API shows it; `lastHeartbeatAt` where a heartbeat may be newer than its row. */
export const toMachine = (row: MachineRow, lastHeartbeatAt: Date | null = null): Machine =>
  Machine.parse({
    id: row.id,
    name: row.name,
    platform: row.platform,
    appVersion: row.appVersion,
    fingerprint: row.fingerprint,
    activatedAt: row.activatedAt.toISOString(),
    lastSeenAt: (lastHeartbeatAt && lastHeartbeatAt > row.lastSeenAt
      ? lastHeartbeatAt
      : row.lastSeenAt
    ).toISOString(),
  });

/** A session as the API shows it. */
export const toSeatSession = ({
  session,
  machineName,
}: {
  session: SessionRow;
  machineName: string;
}): SeatSession =>
  SeatSession.parse({
    id: session.id,
    machine: { id: session.machineId, name: machineName },
    startedAt: session.startedAt.toISOString(),
    lastHeartbeatAt: session.lastHeartbeatAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    endedAt: toText(session.endedAt),
    endReason: session.endReason,
    appVersion: session.appVersion,
  });
