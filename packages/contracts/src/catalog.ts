import { z } from "zod";
import {
  Features,
  Limits,
  Money,
  PlanVersionId,
  ProductId,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { query } from "./procedure.ts";

export const BillingInterval = z.enum(["month", "year"]);
export type BillingInterval = z.infer<typeof BillingInterval>;

export const PlanSlug = text(64).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
  error: "must be a plan's slug, such as starter",
});

export const Plan = z
  .strictObject({
    slug: z.string(),
    name: z.string(),
    description: z.string(),
    versionId: PlanVersionId,
    version: z.int().min(1),
    product: z.strictObject({ id: ProductId, name: z.string(), slug: z.string() }),
    prices: z.array(z.strictObject({ interval: BillingInterval, price: Money })),
    maxSeats: z.int().min(1),
    maxMachines: z.int().min(1).nullable().meta({ description: "null is unlimited" }),
    trialDays: z.int().min(0),
    features: Features,
    limits: Limits,
  })
  .meta({ id: "Plan" });
export type Plan = z.infer<typeof Plan>;

export const plansContract = {
  list: query({
    summary: "The plans on offer, cheapest first",
    access: { kind: "public" },
    rest: { method: "GET", path: "/plans", tag: "Plans", successStatus: 200 },
    input: z.strictObject({ ...pageInput }),
    output: page(Plan),
  }),
  get: query({
    summary: "One plan, in the version now on offer",
    access: { kind: "public" },
    rest: { method: "GET", path: "/plans/{slug}", tag: "Plans", successStatus: 200 },
    input: z.strictObject({ slug: PlanSlug }),
    output: Plan,
  }),
};
