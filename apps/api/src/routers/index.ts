import type { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf, RouterOf } from "../trpc/app-router.ts";
import type { Context } from "../trpc/context.ts";
import { t } from "../trpc/init.ts";
import { createProcedureBuilder } from "../trpc/procedure.ts";
import type { ProcedureDeps } from "../trpc/procedure.ts";
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

/** The API: a leaf for every procedure of the contract, which fails to compile when one is missing. */
export const createAppRouter = (deps: ProcedureDeps & { core: Core }): RouterOf<Context> => {
  const procedure = createProcedureBuilder(deps);
  const { core } = deps;
  const routers: RecordOf<typeof contract> = {
    me: createMeRouter(procedure, core),
    organizations: createOrganizationsRouter(procedure, core),
    members: createMembersRouter(procedure, core),
    plans: createPlansRouter(procedure, core),
    checkout: createCheckoutRouter(procedure, core),
    licenses: createLicensesRouter(procedure, core),
    machines: createMachinesRouter(procedure, core),
    seats: createSeatsRouter(procedure, core),
    sessions: createSessionsRouter(procedure, core),
    admin: createAdminRouter(procedure, core),
    sandbox: createSandboxRouter(procedure, core),
  };
  return t.router(routers);
};
