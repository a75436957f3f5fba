import { EmailAddress } from "@latchkey/contracts";
import { coreEnvironment, parseEnvironment, secret } from "@latchkey/core/environment";
import { databaseEnvironment } from "@latchkey/db";
import { z } from "zod";
import { maxPasswordLength, minPasswordLength } from "../auth/password-length.ts";

/** The sandbox's staff login; nobody can get mail there. */
const sandboxStaffEmail = "staff@latchkey.test";

const MigrationEnvironment = z.object({ DATABASE_URL: databaseEnvironment.DATABASE_URL });

/** What migrating needs. Throws EnvironmentError. */
export const readMigrationEnvironment = (variables: NodeJS.ProcessEnv = process.env) =>
  parseEnvironment(MigrationEnvironment, variables);

/** The database that a failure may be about, or null where none is named. */
export const findDatabaseUrl = (variables: NodeJS.ProcessEnv = process.env): string | null =>
  MigrationEnvironment.safeParse(variables).data?.DATABASE_URL ?? null;

const staffPassword = secret(
  z
    .string({ error: "must be set to the password of the first staff member" })
    .min(minPasswordLength, { error: `must have at least ${minPasswordLength} characters` })
    .max(maxPasswordLength, { error: `must have at most ${maxPasswordLength} characters` }),
);

const StaffEnvironment = z
  .object({
    LATCHKEY_MODE: coreEnvironment.LATCHKEY_MODE,
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
  parseEnvironment(StaffEnvironment, variables);
