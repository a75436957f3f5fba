import type { CoreDeps } from "../deps.ts";

export const createAudit = (_deps: CoreDeps) => ({});

export type Audit = ReturnType<typeof createAudit>;
