import type { ChargeRequest, ChargeResult, GatewayName } from "../ports.ts";
import { gatewayNamed } from "./deps.ts";
import type { BillingDeps } from "./deps.ts";

export type Collected = ChargeResult | { readonly status: "nothing_due" };

/** Charges what is due; nothing due is paid without the gateway (money.md R15). Throws as `charge` does. */
export const collect = async (
  deps: Pick<BillingDeps, "gateways">,
  gateway: GatewayName,
  request: ChargeRequest,
): Promise<Collected> =>
  request.amount.amount === 0
    ? { status: "nothing_due" }
    : gatewayNamed(deps, gateway).charge(request);
