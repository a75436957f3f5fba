import type { CoreDeps } from "../deps.ts";
import { describePlanVersions } from "./describe-plan-versions.ts";
import { getOffer, getOfferOfVersion } from "./get-offer.ts";
import { getProduct } from "./get-product.ts";
import { getPlan, listPlans } from "./list-plans.ts";
import { markSold } from "./mark-sold.ts";
import { publicKeys } from "./public-keys.ts";
import { rotateSigningKey } from "./rotate-signing-key.ts";
import { seedCatalog } from "./seed-catalog.ts";
import { createSigningKeyCache } from "./signing-key-cache.ts";

/** Products, what they are sold for, and the keys that they sign with. */
export const createCatalog = (deps: CoreDeps) => {
  const signingKeyCache = createSigningKeyCache(deps);
  const withKeys = { ...deps, signingKeyCache };
  return {
    listPlans: listPlans(deps),
    getPlan: getPlan(deps),
    getOffer: getOffer(deps),
    getOfferOfVersion: getOfferOfVersion(deps),
    markSold: markSold(deps),
    describePlanVersions: describePlanVersions(deps),
    getProduct: getProduct(deps),
    getSigner: signingKeyCache.getSigner,
    getKeyRing: signingKeyCache.getKeyRing,
    publicKeys: publicKeys(deps),
    rotateSigningKey: rotateSigningKey(withKeys),
    seedCatalog: seedCatalog(withKeys),
  };
};

export type Catalog = ReturnType<typeof createCatalog>;
export type { Offer } from "./offer.ts";
