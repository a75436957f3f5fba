import { EmailAddress } from "@latchkey/contracts";
import { databaseEnvironment } from "@latchkey/db";
import { z } from "zod";
import { EnvironmentError, Secret } from "../env.ts";

/** The sandbox's staff login; nobody can get mail there. */
const sandboxStaffEmail = "staff@latchkey.test";

const parse = <Schema extends z.ZodType>(schema: Schema, variables: NodeJS.ProcessEnv) => {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const { success, data, error } = schema.safeParse(set);
  if (success) return data;
  const wrong = error.issues.map(({ path: [name], message }) => `${String(name)} ${message}`);
  throw new EnvironmentError(`${wrong.join("; ")}.`);
};

const MigrationEnvironment = z.object({ DATABASE_URL: databaseEnvironment.DATABASE_URL });

/** What migrating needs. Throws EnvironmentError, one sentence that names the variable. */
export const readMigrationEnvironment = (variables: NodeJS.ProcessEnv = process.env) =>
  parse(MigrationEnvironment, variables);

/** The database that a failure may be about, or null where none is named. */
export const findDatabaseUrl = (variables: NodeJS.ProcessEnv = process.env): string | null =>
  MigrationEnvironment.safeParse(variables).data?.DATABASE_URL ?? null;

const mode = z.enum(["sandbox", "production"], { error: "must be sandbox or production" });

const staffPassword = z
  .string({ error: "must be set to the password of the first staff member" })
  .min(8, { error: "must have at least 8 characters" })
  .max(128, { error: "must have at most 128 characters" })
  .transform((text) => new Secret(text));

const StaffEnvironment = z
  .object({
    LATCHKEY_MODE: mode.default("sandbox"),
    LATCHKEY_STAFF_EMAIL: EmailAddress.optional(),
    LATCHKEY_STAFF_PASSWORD: staffPassword,
  })
  .transform(({ LATCHKEY_MODE, LATCHKEY_STAFF_EMAIL, LATCHKEY_STAFF_PASSWORD }, context) => {
    const sandbox = LATCHKEY_MODE === "sandbox";
    const email = LATCHKEY_STAFF_EMAIL ?? (sandbox ? sandboxStaffEmail : undefined);
    if (email !== undefined) return { sandbox, email, password: LATCHKEY_STAFF_PASSWORD };
    context.addIssue({
      code: "custom",
      path: ["LATCHKEY_STAFF_EMAIL"],
      message: "must be set to the mail address of the first staff member",
    });
    return z.NEVER;
  });

/**
 * Who the first staff member is. The sandbox has an address for them; production guesses nothing.
 * Throws EnvironmentError.
 */
export const readStaffEnvironment = (variables: NodeJS.ProcessEnv = process.env) =>
  parse(StaffEnvironment, variables);
