import type { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf, RouterOf } from "../trpc/app-router.ts";
import type { Context } from "../trpc/context.ts";
import { t } from "../trpc/init.ts";
import type { ProcedureDeps } from "../trpc/procedure-call.ts";
import { createProcedureBuilder } from "../trpc/procedure.ts";
import type { ProcedureBuilder } from "../trpc/procedure.ts";
import { createAdminRouter } from "./admin.ts";
import { createCheckoutRouter } from "./checkout.ts";
import {
  createLicensesRouter,
  createMachinesRouter,
  createSeatsRouter,
  createSessionsRouter,
} from "./licenses.ts";
import { createMembersRouter, createMeRouter, createOrganizationsRouter } from "./people.ts";
import { createPlansRouter } from "./plans.ts";
import { createSandboxRouter } from "./sandbox.ts";

export interface Procedures extends Pick<ProcedureBuilder, "callOf"> {
  /** The same procedures, as tRPC serves them. */
  readonly router: RouterOf<Context>;
}

/** The API: a leaf for every procedure of the contract, which fails to compile when one is missing. */
export const createProcedures = (deps: ProcedureDeps & { core: Core }): Procedures => {
  const { build, callOf } = createProcedureBuilder(deps);
  const { core } = deps;
  const routers: RecordOf<typeof contract> = {
    me: createMeRouter(build, core),
    organizations: createOrganizationsRouter(build, core),
    members: createMembersRouter(build, core),
    plans: createPlansRouter(build, core),
    checkout: createCheckoutRouter(build, core),
    licenses: createLicensesRouter(build, core),
    machines: createMachinesRouter(build, core),
    seats: createSeatsRouter(build, core),
    sessions: createSessionsRouter(build, core),
    admin: createAdminRouter(build, core),
    sandbox: createSandboxRouter(build, core),
  };
  return { router: t.router(routers), callOf };
};
