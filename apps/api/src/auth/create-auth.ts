import { hkdfSync } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import type { Call, Core, CoreSettings } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import { isUnavailable, newId } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { twoFactors, userAccounts, userSessions, users, verifications } from "@latchkey/db/schema";
import type { RedisConnection } from "@latchkey/redis";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { createEmailVerificationToken, isAPIError } from "better-auth/api";
import { bearer, twoFactor } from "better-auth/plugins";
import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Identities } from "../trpc/identity.ts";
import { basePath, createAuthHandler, databaseAway, twoFactorLockSeconds } from "./handler.ts";
import { createAuthLimits } from "./limits.ts";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { maxPasswordLength, minPasswordLength } from "./password-length.ts";
import { refuseGuessablePasswords } from "./refuse-guessable-passwords.ts";
import { addressHeader, callOf, sessionSeconds } from "./web-request.ts";

/** The mails that sign-in asks for; each tells the world by an event whose link is sealed. */
export interface AuthMail {
  requestVerification(call: Call, input: { userId: string; url: string }): Promise<unknown>;
  requestPasswordReset(call: Call, input: { userId: string; url: string }): Promise<unknown>;
  reportRepeatedSignUp(call: Call, input: { userId: string }): Promise<unknown>;
}

export interface AuthDeps {
  readonly core: Pick<Core, "organizations"> & { readonly mail: AuthMail };
  readonly database: Database;
  readonly redis: RedisConnection;
  /** LATCHKEY_SECRET; sign-in derives its own secret from it. */
  readonly secret: string;
  readonly settings: Pick<CoreSettings, "publicUrl">;
  readonly log: Log;
}

const day = 24 * 60 * 60;
const verificationSeconds = day;
const resetSeconds = 60 * 60;

const SignUpBody = z.looseObject({ callbackURL: z.string().optional() });

const SignedIn = z.object({
  session: z.looseObject({ id: z.string(), activeOrganizationId: z.string().nullish() }),
  user: z.looseObject({ id: z.string(), email: z.string(), emailVerified: z.boolean() }),
});

/** The names that a browser on this machine may use for a public URL on localhost. */
const originsOf = (publicUrl: string): string[] => {
  const { origin, hostname, protocol, port } = new URL(publicUrl);
  if (hostname !== "localhost") return [origin];
  return [origin, `${protocol}//127.0.0.1${port === "" ? "" : `:${port}`}`];
};

/** better-auth, told how this house wants it. */
const createBetterAuth = ({ core, database, secret, settings, log }: AuthDeps) => {
  const { publicUrl } = settings;
  const authSecret = Buffer.from(
    hkdfSync("sha256", secret, "", "latchkey/sign-in/v1", 32),
  ).toString("base64url");
  const verificationUrl = async (email: string, callbackURL = "/"): Promise<string> => {
    const token = await createEmailVerificationToken(
      authSecret,
      email,
      undefined,
      verificationSeconds,
    );
    const query = new URLSearchParams({ token, callbackURL });
    return `${publicUrl}${basePath}/verify-email?${query.toString()}`;
  };
  return betterAuth({
    appName: "Latchkey",
    baseURL: publicUrl,
    basePath,
    secret: authSecret,
    trustedOrigins: originsOf(publicUrl),
    telemetry: { enabled: false },
    // The door before it counts: by address, and by account too.
    rateLimit: { enabled: false },
    logger: {
      level: "error",
      // Of what it hangs on the line only an error is kept: the rest is what people sent.
      log: (_level, message, ...details) => {
        const err = details.find((detail) => detail instanceof Error);
        log.error({ ...(err && { err }) }, `better-auth: ${message}`);
      },
    },
    onAPIError: {
      // Its own way prints every refusal and every failed query on the console.
      onError: (error) => {
        if (!isAPIError(error)) throw error;
      },
    },
    database: drizzleAdapter(database.drizzle, {
      provider: "pg",
      usePlural: true,
      // One transaction for the person and their password: no account is half made.
      transaction: true,
      schema: { users, sessions: userSessions, accounts: userAccounts, verifications, twoFactors },
    }),
    advanced: {
      database: { generateId: () => newId() },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      useSecureCookies: publicUrl.startsWith("https:"),
      cookiePrefix: "latchkey",
      // Said aloud, since better-auth leaves both out where it takes itself for a test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    emailAndPassword: {
      enabled: true,
      // Signing in at once would answer otherwise for an address that is taken.
      autoSignIn: false,
      minPasswordLength,
      maxPasswordLength,
      password: { hash: hashPassword, verify: verifyPassword },
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: resetSeconds,
      sendResetPassword: async ({ user, token }, request) => {
        const url = `${publicUrl}/reset-password?token=${encodeURIComponent(token)}`;
        const call = callOf(request?.headers, "request-password-reset");
        await core.mail.requestPasswordReset(call, { userId: user.id, url });
      },
      onExistingUserSignUp: async ({ user }, request) => {
        const call = callOf(request?.headers, "sign-up");
        await core.mail.reportRepeatedSignUp(call, { userId: user.id });
      },
    },
    emailVerification: {
      sendOnSignUp: false,
      expiresIn: verificationSeconds,
      sendVerificationEmail: async ({ user, url }, request) => {
        const call = callOf(request?.headers, "verify-email");
        await core.mail.requestVerification(call, { userId: user.id, url });
      },
    },
    session: {
      expiresIn: sessionSeconds,
      updateAge: day,
      additionalFields: {
        activeOrganizationId: { type: "string", required: false, input: false },
      },
    },
    verification: { storeIdentifier: "hashed" },
    hooks: { before: refuseGuessablePasswords },
    databaseHooks: {
      user: {
        create: {
          // Runs after the commit: a person who was not written gets no mail.
          after: async ({ id: userId, name, email }, context) => {
            const call = callOf(context?.headers ?? context?.request?.headers, "sign-up");
            await core.organizations.recordSignUp(call, { userId, name, email });
            const body = SignUpBody.safeParse(context?.body);
            const url = await verificationUrl(email, body.data?.callbackURL);
            await core.mail.requestVerification(call, { userId, url });
          },
        },
      },
      session: {
        create: {
          before: async (session, context) => {
            // Turning two factors on or off renews the session: it stays where it was.
            if (typeof session["activeOrganizationId"] === "string") return;
            const call = callOf(context?.headers ?? context?.request?.headers, "sign-in");
            const { userId } = session;
            const { name, email } = await core.organizations.describeUser(call, userId);
            const person = { userId, name, email };
            const organization = await core.organizations.ensureOrganizationOf(call, person);
            return { data: { activeOrganizationId: organization?.id ?? null } };
          },
        },
      },
    },
    plugins: [
      bearer({ requireSignature: true }),
      twoFactor({
        issuer: "Latchkey",
        backupCodeOptions: { storeBackupCodes: "encrypted" },
        accountLockout: { durationSeconds: twoFactorLockSeconds },
      }),
    ],
  });
};

export interface Auth extends Identities {
  /** An Express handler for everything below /api/auth; mounted before any body parser. */
  readonly handler: ReturnType<typeof createAuthHandler>;
}

/** Sign-in: people, their passwords and their sessions (README.md). */
export const createAuth = (deps: AuthDeps): Auth => {
  const { database, redis, settings, log } = deps;
  const auth = createBetterAuth(deps);

  const isDatabaseNear = async (): Promise<boolean> => {
    try {
      await database.sql`select 1`;
      return true;
    } catch (error) {
      if (isUnavailable(error)) return false;
      throw error;
    }
  };

  const readSession = async (headers: Headers) => {
    try {
      return await auth.api.getSession({ headers });
    } catch (error) {
      if (await isDatabaseNear()) throw error;
      throw databaseAway();
    }
  };

  const findIdentity: Identities["findIdentity"] = async (headers) => {
    const found = await readSession(headers);
    if (found === null) return null;
    const { session, user } = SignedIn.parse(found);
    return {
      userId: user.id,
      email: user.email,
      emailVerified: user.emailVerified,
      sessionId: session.id,
      activeOrganizationId: session.activeOrganizationId ?? null,
    };
  };

  return {
    findIdentity,
    setActiveOrganization: async (headers, organizationId) => {
      const identity = await findIdentity(headers);
      if (!identity) throw new DomainError("UNAUTHENTICATED", {});
      await database.drizzle
        .update(userSessions)
        .set({ activeOrganizationId: organizationId })
        .where(eq(userSessions.id, identity.sessionId));
    },
    handler: createAuthHandler({
      publicUrl: settings.publicUrl,
      log,
      limits: createAuthLimits(redis),
      answer: auth.handler,
      isDatabaseNear,
    }),
  };
};
