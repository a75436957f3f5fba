import type { Catalog } from "../catalog/index.ts";
import type { CoreDeps } from "../deps.ts";
import type { Organizations } from "../organizations/index.ts";
import type { FullLicenses } from "./full-licenses.ts";
import type { JudgeSeat } from "./judge-in-batches.ts";
import type { KeyHolders } from "./key-holders.ts";
import type { OwnLeases } from "./own-leases.ts";
import type { Refusals } from "./refusals.ts";
import type { RenewSession } from "./renew-sessions.ts";
import type { UsedSeats } from "./used-seats.ts";

/** What the core gives this domain. */
export type LicensingDeps = Pick<
  CoreDeps,
  "database" | "seatCache" | "rateLimits" | "vault" | "log" | "observe" | "settings"
> & {
  readonly catalog: Pick<
    Catalog,
    "describePlanVersions" | "getKeyRing" | "getProduct" | "getSigner"
  >;
  readonly organizations: Pick<Organizations, "describeOrganizations">;
};

/** The same, with the parts that this domain's verbs share. */
export type VerbDeps = LicensingDeps & {
  readonly fullLicenses: FullLicenses;
  readonly judgeSeat: JudgeSeat;
  readonly keyHolders: KeyHolders;
  readonly ownLeases: OwnLeases;
  readonly refusals: Refusals;
  readonly renewSession: RenewSession;
  readonly usedSeats: UsedSeats;
};
