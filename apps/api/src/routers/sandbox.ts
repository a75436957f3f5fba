import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createSandboxRouter = (
  procedure: BuildProcedure,
  { billing, mail, operations }: Core,
) =>
  ({
    status: procedure(contract.sandbox.status, operations.readMode),
    clock: procedure(contract.sandbox.clock, operations.readClock),
    advanceClock: procedure(contract.sandbox.advanceClock, operations.advanceClock),
    outbox: procedure(contract.sandbox.outbox, mail.readOutbox),
    paymentPage: procedure(contract.sandbox.paymentPage, billing.getSandboxPaymentPage),
    pay: procedure(contract.sandbox.pay, billing.paySandboxCheckout),
  }) satisfies RecordOf<typeof contract.sandbox>;
