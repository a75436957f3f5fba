import type { Billing } from "../billing/index.ts";
import type { Catalog } from "../catalog/index.ts";
import type { CoreDeps } from "../deps.ts";
import type { Licensing } from "../licensing/index.ts";
import type { Organizations } from "../organizations/index.ts";

/** What mail's verbs are given: the core's deps and the domains before it. */
export interface MailDeps extends CoreDeps {
  readonly organizations: Organizations;
  readonly catalog: Catalog;
  readonly licensing: Licensing;
  readonly billing: Billing;
}
