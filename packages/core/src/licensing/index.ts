import type { CoreDeps } from "../deps.ts";

export const createLicensing = (_deps: CoreDeps) => ({});

export type Licensing = ReturnType<typeof createLicensing>;
