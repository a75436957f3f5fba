import { generateSigningKey } from "@latchkey/license-crypto/sign";
import { audit } from "../audit/audit.ts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import { installSigningKey } from "./rotate-signing-key.ts";
import type { SigningKeyCache } from "./signing-key-cache.ts";
import * as store from "./store.ts";

const product = { name: "Latch", slug: "latch", keyPrefix: "LATCH" };
const trialDays = 14;

/** The last section of money.md; features and limits are there for an app to try itself on. */
const seededPlans = [
  {
    slug: "starter",
    name: "Starter",
    description: "For a small team.",
    monthlyMinor: 2_900,
    yearlyMinor: 29_000,
    maxSeats: 3,
    features: { export: true, api: false, sso: false },
    limits: { projects: 10 },
  },
  {
    slug: "pro",
    name: "Pro",
    description: "For a growing company.",
    monthlyMinor: 9_900,
    yearlyMinor: 99_000,
    maxSeats: 10,
    features: { export: true, api: true, sso: false },
    limits: { projects: 100 },
  },
  {
    slug: "enterprise",
    name: "Enterprise",
    description: "For many departments.",
    monthlyMinor: 29_900,
    yearlyMinor: 299_000,
    maxSeats: 50,
    features: { export: true, api: true, sso: true },
    limits: { projects: 10_000 },
  },
] as const;

/**
 * Fills an empty catalog: one product, its signing key, three plans. What is there already stays as it
 * is, so it may run at every start and on several nodes at once. Throws FORBIDDEN.
 */
export const seedCatalog =
  (
    deps: Pick<CoreDeps, "database" | "vault" | "settings"> & {
      readonly signingKeyCache: SigningKeyCache;
    },
  ) =>
  async (call: Call): Promise<void> => {
    authorizeSystem(call);
    const firstKey = await generateSigningKey("EdDSA");
    await inTransaction(deps.database, call, async (tx) => {
      await store.lockSeeding(tx);
      await store.insertProduct(tx, product);
      const found = await store.findProduct(tx, product.slug);
      if (!found) throw new Error("PostgreSQL lost the product that was just seeded.");
      const { id: productId } = found;
      if (!(await store.findActiveSigningKey(tx, productId))) {
        await installSigningKey(deps, tx, productId, firstKey);
      }
      for (const { slug, name, description, ...sold } of seededPlans) {
        const planId = await store.insertPlan(tx, { productId, slug, name, description });
        if (planId === null) continue;
        const { maxSeats, features, limits } = sold;
        await store.insertPlanVersion(
          tx,
          { planId, version: 1, maxSeats, trialDays, features, limits },
          [
            { interval: "month", amountMinor: sold.monthlyMinor, currency: "USD" },
            { interval: "year", amountMinor: sold.yearlyMinor, currency: "USD" },
          ],
        );
        await audit(tx, call, {
          action: "plan.create",
          target: { kind: "plan", id: planId },
          organizationId: null,
          after: { slug, version: 1 },
        });
      }
    });
    deps.signingKeyCache.forget();
  };
