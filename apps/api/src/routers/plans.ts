import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createPlansRouter = (procedure: BuildProcedure, { catalog }: Core) =>
  ({
    list: procedure(contract.plans.list, catalog.listPlans),
    get: procedure(contract.plans.get, catalog.getPlan),
  }) satisfies RecordOf<typeof contract.plans>;
