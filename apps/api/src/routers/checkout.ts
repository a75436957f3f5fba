import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createCheckoutRouter = (procedure: BuildProcedure, { billing }: Core) =>
  ({
    create: procedure(contract.checkout.create, billing.createCheckout),
    get: procedure(contract.checkout.get, billing.getCheckout),
  }) satisfies RecordOf<typeof contract.checkout>;
