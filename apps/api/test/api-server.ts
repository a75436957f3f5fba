import type { MemberRole, StaffRole } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import type { Core, CoreDeps } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import { memberships, organizations, userSessions, users } from "@latchkey/db/schema";
import type { RedisConnection } from "@latchkey/redis";
import { eq } from "drizzle-orm";
import { pino } from "pino";
import { z } from "zod";
import { createAuth } from "../src/auth/index.ts";
import { createApp } from "../src/http/app.ts";
import { listen } from "../src/http/listen.ts";
import { createMetrics } from "../src/metrics/create-metrics.ts";
import type { Metrics } from "../src/metrics/create-metrics.ts";

/** What a test file already has: the core on its own database and Redis. */
export interface World {
  readonly core: Core;
  readonly deps: CoreDeps;
  readonly redis: RedisConnection;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface RequestOptions {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
}

/** A person who signed up and in over HTTP. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  /** The one that sign-up made. */
  readonly organizationId: string;
}

export interface TestApi {
  readonly url: string;
  /** Every line that was logged, as pino wrote it. */
  readonly logLines: string[];
  /** How many requests the hot path took for itself so far. */
  countHotRequests(): number;
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** Calls a procedure over tRPC; the answer's body is tRPC's envelope. */
  trpc(path: string, kind: "query" | "mutation", input: unknown, token?: string): Promise<Answer>;
  /** Signs somebody up and in; their address is verified unless told. */
  signUp(options?: { verified?: boolean }): Promise<Person>;
  /** Signs the person in anew. */
  signIn(person: Pick<Person, "email" | "password">): Promise<string>;
  /** Makes the person a member of an organization, and it their active one. */
  join(person: Person, organizationId: string, role: MemberRole): Promise<void>;
  /** Takes the person out of every organization. */
  orphan(person: Person): Promise<void>;
  employ(person: Person, role: StaffRole): Promise<void>;
  close(): Promise<void>;
}

export interface TestApiOptions {
  readonly mode?: "sandbox" | "production";
  readonly secret: string;
  /** False leaves the hot path out, so that Express answers its requests too. */
  readonly hotPath?: boolean;
  readonly logLevel?: "debug" | "info";
  /** Those that the core was told of too, where a test looks at what it observes. */
  readonly metrics?: Metrics;
  readonly metricsToken?: string;
}

const SignedIn = z.object({ token: z.string() });

const readBody = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  return response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
};

/** Serves a test's core by real HTTP on a free port, with real sign-in. */
export const startTestApi = async (
  { core, deps, redis }: World,
  {
    mode = deps.settings.mode,
    secret,
    hotPath = true,
    logLevel = "info",
    metrics = createMetrics(),
    metricsToken,
  }: TestApiOptions,
): Promise<TestApi> => {
  const { database, log, settings } = deps;
  const logLines: string[] = [];
  const auth = createAuth({ core, database, redis, secret, settings, log });
  const app = createApp({
    core,
    database,
    redis,
    metrics,
    identities: auth,
    authHandler: auth.handler,
    log,
    logger: pino({ level: logLevel }, { write: (line: string) => void logLines.push(line) }),
    settings: {
      mode,
      publicUrl: settings.publicUrl,
      // So that a test may be many machines: X-Forwarded-For is believed.
      trustProxy: true,
      portalDirectory: "/nonexistent/portal",
      adminDirectory: "/nonexistent/admin",
      metricsToken,
    },
  });
  let hotRequests = 0;
  const listening = await listen((incoming, outgoing) => {
    (hotPath ? app.listener : app.express)(incoming, outgoing);
    // What goes to Express is given its id by the request log there.
    if (incoming.id === undefined) hotRequests += 1;
  }, 0);
  const url = `http://127.0.0.1:${listening.port}`;

  const request: TestApi["request"] = async (path, { method, token, headers, json, text } = {}) => {
    const body = json === undefined ? text : JSON.stringify(json);
    const response = await fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(json !== undefined && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      redirect: "manual",
    });
    return { status: response.status, headers: response.headers, body: await readBody(response) };
  };

  const system = <Result>(work: Parameters<typeof transact<Result>>[2]) =>
    transact(database, { kind: "system" }, work);

  let visitors = 0;
  const elsewhere = () => {
    visitors += 1;
    return { "x-forwarded-for": `198.51.${Math.floor(visitors / 250)}.${visitors % 250}` };
  };

  const signIn: TestApi["signIn"] = async ({ email, password }) => {
    const { body } = await request("/api/auth/sign-in/email", {
      json: { email, password },
      headers: elsewhere(),
    });
    return SignedIn.parse(body).token;
  };

  return {
    url,
    logLines,
    countHotRequests: () => hotRequests,
    request,
    trpc: (path, kind, input, token) =>
      kind === "query"
        ? request(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { token })
        : request(`/trpc/${path}`, { json: input, method: "POST", token }),
    signIn,
    signUp: async ({ verified = true } = {}) => {
      const email = `${newId()}@customer.test`;
      const password = "a long and unlikely sentence 7";
      const answer = await request("/api/auth/sign-up/email", {
        json: { name: "Kim Customer", email, password },
        headers: elsewhere(),
      });
      const [user] = await system(({ db }) =>
        db
          .update(users)
          .set({ emailVerified: verified })
          .where(eq(users.email, email))
          .returning({ id: users.id }),
      );
      if (user === undefined) throw new Error(`nobody signed up: ${JSON.stringify(answer.body)}`);
      const token = await signIn({ email, password });
      const [membership] = await system(({ db }) =>
        db.select().from(memberships).where(eq(memberships.userId, user.id)),
      );
      if (membership === undefined) throw new Error(`${email} has no organization`);
      const { organizationId } = membership;
      return { userId: user.id, email, password, token, organizationId };
    },
    join: ({ userId }, organizationId, role) =>
      system(async ({ db, now }) => {
        await db.insert(memberships).values({ organizationId, userId, role, joinedAt: now });
        await db
          .update(userSessions)
          .set({ activeOrganizationId: organizationId })
          .where(eq(userSessions.userId, userId));
      }),
    orphan: ({ userId, organizationId }) =>
      system(async ({ db }) => {
        await db.delete(memberships).where(eq(memberships.userId, userId));
        await db.delete(organizations).where(eq(organizations.id, organizationId));
      }),
    employ: ({ userId }, role) =>
      core.organizations.appointStaff(systemCall("appoint-staff"), { userId, role }),
    close: () => listening.close(1000),
  };
};
