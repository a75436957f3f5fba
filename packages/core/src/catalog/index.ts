import type { CoreDeps } from "../deps.ts";

export const createCatalog = (_deps: CoreDeps) => ({});

export type Catalog = ReturnType<typeof createCatalog>;
