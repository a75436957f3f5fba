import { createAudit } from "./audit/index.ts";
import { createBilling } from "./billing/index.ts";
import { createCatalog } from "./catalog/index.ts";
import type { CoreDeps } from "./deps.ts";
import { createIdempotency } from "./idempotency/index.ts";
import { createLicensing } from "./licensing/index.ts";
import { createMail } from "./mail/index.ts";
import { createOperations } from "./operations/index.ts";
import { createOrganizations } from "./organizations/index.ts";

/**
 * Wires the business, the whole of it: each domain gets the deps and the domains before it, never one
 * behind it. API, worker and tests build this once each.
 */
export const createCore = (deps: CoreDeps) => {
  const operations = createOperations(deps);
  const audit = createAudit(deps);
  const idempotency = createIdempotency(deps);
  const organizations = createOrganizations(deps);
  const catalog = createCatalog(deps);
  const licensing = createLicensing({ ...deps, catalog, organizations });
  const billing = createBilling({ ...deps, catalog, organizations, licensing });
  const mail = createMail({ ...deps, organizations, catalog, licensing, billing });
  return { operations, audit, idempotency, organizations, catalog, licensing, billing, mail };
};

export type Core = ReturnType<typeof createCore>;

export { actingAs, authorizeMember, authorizeStaff, scopeOf, systemCall } from "./call.ts";
export type { Actor, Call } from "./call.ts";
export type { CoreDeps, CoreSettings } from "./deps.ts";
export type {
  CarriedRun,
  ClockAdvanceOutcome,
  Reaction,
  WaitingEvent,
} from "./operations/index.ts";
export { createSeatRebuild } from "./licensing/index.ts";
export { inTransaction, joining } from "./transaction.ts";
export { createVault } from "./vault.ts";
export type { Purpose, Vault } from "./vault.ts";
