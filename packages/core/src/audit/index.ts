import type { CoreDeps } from "../deps.ts";
import { listAuditEntries } from "./list-audit-entries.ts";

/** Reads the audit trail; every verb adds to it by `audit` in its own transaction. */
export const createAudit = (deps: CoreDeps) => ({ listAuditEntries: listAuditEntries(deps) });
