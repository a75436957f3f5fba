import { createSandboxGateway } from "@latchkey/adapters/gateways";
import type { ChargeRequest, ChargeResult, Gateway } from "@latchkey/core/ports";

/** The sandbox gateway, watched: what it was asked, and which money it moved. */
export interface RecordingGateway extends Gateway {
  /** Every charge that it was asked for, repetitions included. */
  readonly charges: ChargeRequest[];
  /** The charges that succeeded, once per idempotency key, as a provider's statement lists them. */
  moved(): ChargeRequest[];
  customersMade: number;
  /** Runs after a charge and before its answer: throwing here is a crash between charge and commit. */
  beforeAnswer: (request: ChargeRequest, result: ChargeResult) => Promise<void>;
}

/** Makes a watched sandbox gateway that answers as the plain one does. */
export const createRecordingGateway = (publicUrl = "http://localhost:4700"): RecordingGateway => {
  const sandbox = createSandboxGateway({ publicUrl });
  const moved = new Map<string, ChargeRequest>();
  const gateway: RecordingGateway = {
    ...sandbox,
    charges: [],
    moved: () => [...moved.values()],
    customersMade: 0,
    beforeAnswer: () => Promise.resolve(),
    createCustomer: (customer) => {
      gateway.customersMade += 1;
      return sandbox.createCustomer(customer);
    },
    charge: async (request) => {
      gateway.charges.push(request);
      const result = await sandbox.charge(request);
      if (result.status === "succeeded") moved.set(request.idempotencyKey, request);
      await gateway.beforeAnswer(request, result);
      return result;
    },
  };
  return gateway;
};
