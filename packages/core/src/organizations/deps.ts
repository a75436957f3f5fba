import type { CoreDeps } from "../deps.ts";

/** What this domain needs of all that the core is given. */
export type OrganizationsDeps = Pick<CoreDeps, "database" | "vault">;
