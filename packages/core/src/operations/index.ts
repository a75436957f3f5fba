import type { CoreDeps } from "../deps.ts";

export const createOperations = (_deps: CoreDeps) => ({});

export type Operations = ReturnType<typeof createOperations>;
