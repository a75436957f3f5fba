import type { CoreDeps } from "../deps.ts";

export const createBilling = (_deps: CoreDeps) => ({});

export type Billing = ReturnType<typeof createBilling>;
