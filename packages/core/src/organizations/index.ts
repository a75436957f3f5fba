import type { CoreDeps } from "../deps.ts";

export const createOrganizations = (_deps: CoreDeps) => ({});

export type Organizations = ReturnType<typeof createOrganizations>;
