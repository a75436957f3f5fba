import { DomainError } from "@latchkey/contracts";
import type { Catalog } from "../catalog/index.ts";
import type { CoreDeps } from "../deps.ts";
import type { Licensing } from "../licensing/index.ts";
import type { Organizations } from "../organizations/index.ts";
import type { Gateway, GatewayName } from "../ports.ts";

/** What billing's verbs are given: the core's deps and the domains before it. */
export interface BillingDeps extends CoreDeps {
  readonly organizations: Organizations;
  readonly catalog: Catalog;
  readonly licensing: Licensing;
}

/** The gateway that new checkouts go to. Throws GATEWAY_UNAVAILABLE where the server has none yet. */
export const gatewayOfNewCheckouts = ({
  gateways,
  settings,
}: Pick<CoreDeps, "gateways" | "settings">): Gateway => {
  const gateway = gateways[settings.gateway];
  if (gateway) return gateway;
  throw new DomainError(
    "GATEWAY_UNAVAILABLE",
    { remedy: "Ask the vendor; a trial can be started meanwhile." },
    "This server takes no payments yet; nothing was charged.",
  );
};

/** The gateway of that name. Throws Error where it is not configured: rows name one that once was. */
export const gatewayNamed = (
  { gateways }: Pick<CoreDeps, "gateways">,
  name: GatewayName,
): Gateway => {
  const gateway = gateways[name];
  if (gateway) return gateway;
  throw new Error(`The gateway "${name}" is not configured on this node.`);
};
