import { sql } from "drizzle-orm";
import { index, pgEnum, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytes, createdAt, instant, primaryId } from "./columns.ts";
import { users } from "./identity.ts";

export const memberRole = pgEnum("member_role", ["owner", "admin", "billing", "member"]);

export const organizations = pgTable("organizations", {
  id: primaryId(),
  name: text("name").notNull(),
  slug: text("slug").notNull().unique(),
  createdAt: createdAt(),
});

/** The organization that a row belongs to, by which row-level security knows it. */
export const tenantId = () =>
  uuid("organization_id")
    .notNull()
    .references(() => organizations.id);

export const memberships = pgTable(
  "memberships",
  {
    organizationId: tenantId(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: memberRole("role").notNull(),
    joinedAt: instant("joined_at")
      .notNull()
      .default(sql`latchkey_now()`),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    index("memberships_user").on(table.userId),
  ],
);

export const invitations = pgTable(
  "invitations",
  {
    organizationId: tenantId(),
    id: primaryId(),
    email: text("email").notNull(),
    role: memberRole("role").notNull(),
    /** Keyed hash of the mailed token: a dump of this table opens no door. */
    tokenHash: bytes("token_hash").notNull().unique(),
    invitedBy: uuid("invited_by")
      .notNull()
      .references(() => users.id),
    invitedAt: instant("invited_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    acceptedAt: instant("accepted_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    uniqueIndex("invitations_open")
      .on(table.organizationId, table.email)
      .where(sql`${table.acceptedAt} is null and ${table.revokedAt} is null`),
  ],
);
