import type { CoreDeps } from "../deps.ts";

export const createMail = (_deps: CoreDeps) => ({});

export type Mail = ReturnType<typeof createMail>;
