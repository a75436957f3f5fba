import { sql } from "drizzle-orm";
import { bigint, customType, timestamp, uuid } from "drizzle-orm/pg-core";
import { newId } from "../new-id.ts";

/** An instant, always with its zone: the server stores UTC and drivers hand out `Date`. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** When the row was made, by the product's clock. */
export const createdAt = () =>
  instant("created_at")
    .notNull()
    .default(sql`latchkey_now()`);

/** Money in minor units (money.md R1); 2^53 minor units are 90 trillion dollars. */
export const minorUnits = (name: string) => bigint(name, { mode: "number" });

/** Bytes: keyed hashes and ciphertexts. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({
  dataType: () => "bytea",
});

/** A UUIDv7 primary key made by the application, since PostgreSQL 15 to 17 cannot make them. */
export const primaryId = () => uuid("id").primaryKey().$defaultFn(newId);
