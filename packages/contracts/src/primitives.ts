import { z } from "zod";

/** A UUIDv7 as every table uses it; the brand keeps one noun's id from being passed for another's. */
const id = <Brand extends string>(brand: Brand) =>
  z
    .uuid()
    .brand(brand)
    .meta({ description: `The ${brand}'s id` });

export const OrganizationId = id("organization");
export type OrganizationId = z.infer<typeof OrganizationId>;
export const UserId = id("user");
export type UserId = z.infer<typeof UserId>;
export const InvitationId = id("invitation");
export type InvitationId = z.infer<typeof InvitationId>;
export const ProductId = id("product");
export type ProductId = z.infer<typeof ProductId>;
export const PlanVersionId = id("plan version");
export type PlanVersionId = z.infer<typeof PlanVersionId>;
export const CheckoutSessionId = id("checkout session");
export type CheckoutSessionId = z.infer<typeof CheckoutSessionId>;
export const SubscriptionId = id("subscription");
export type SubscriptionId = z.infer<typeof SubscriptionId>;
export const InvoiceId = id("invoice");
export type InvoiceId = z.infer<typeof InvoiceId>;
export const LicenseId = id("license");
export type LicenseId = z.infer<typeof LicenseId>;
export const MachineId = id("machine");
export type MachineId = z.infer<typeof MachineId>;
export const SessionId = id("session");
export type SessionId = z.infer<typeof SessionId>;
export const EventId = id("event");
export type EventId = z.infer<typeof EventId>;

/**
 * Text that PostgreSQL can hold: no NUL, which a `text` column refuses, and no half of a surrogate
 * pair, which `jsonb` refuses.
 * `maxLength` counts UTF-16 code units.
 */
export const text = (maxLength: number, minLength = 0) =>
  z
    .string()
    .min(minLength)
    .max(maxLength)
    .refine((value) => !value.includes("\0"), { error: "must not contain a NUL character" })
    .refine((value) => value.isWellFormed(), { error: "must be well-formed Unicode" });

/**
 * An instant as ISO 8601 in UTC with milliseconds: "2026-11-20T10:47:00.000Z". ISO 8601 has a year 0,
 * which PostgreSQL refuses.
 */
export const Instant = z.iso
  .datetime()
  .refine((instant) => !instant.startsWith("0000"), { error: "must not lie in a year 0" })
  .meta({ description: "An instant, ISO 8601 in UTC" });
export type Instant = z.infer<typeof Instant>;

/** Minor units by ISO 4217 exponent (money.md R1), as an exact integer. */
export const Money = z
  .strictObject({
    amount: z.int(),
    currency: z.string().regex(/^[A-Z]{3}$/, { error: "must be an ISO 4217 code such as USD" }),
  })
  .meta({ id: "Money", description: "An amount in minor units of its currency" });
export type Money = z.infer<typeof Money>;

export const EmailAddress = z
  .email()
  .max(254)
  .toLowerCase()
  .meta({ description: "A mail address; it is compared in lower case" });

/** A plan's or license's switches; open by design, read by the vendor's app. */
export const Features = z.record(text(64, 1), z.union([z.boolean(), text(256), z.number()]));
export type Features = z.infer<typeof Features>;

/** A plan's or license's numeric limits; open by design, read by the vendor's app. */
export const Limits = z.record(text(64, 1), z.number());
export type Limits = z.infer<typeof Limits>;

export const Platform = z.enum(["linux", "macos", "windows", "other"]);
export type Platform = z.infer<typeof Platform>;

/** The page request of every list: at most `limit` items after `cursor`. */
export const pageInput = {
  limit: z.int().min(1).max(100).default(20),
  cursor: text(512, 1).optional().meta({ description: "nextCursor of the page before" }),
};

/** The page of a list: `nextCursor` is null on the last one. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

/** The answer of a procedure that has nothing to tell: HTTP 204 over REST. */
export const Nothing = z.null().meta({ description: "Nothing" });
