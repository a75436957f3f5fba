/** A whole Latchkey for `*.e2e.ts`: the real API and worker as processes, on a database and Redis of their own. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreatedCheckout, SandboxMail } from "@latchkey/contracts";
import type { MailTemplate, StaffRole } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import { newId } from "@latchkey/db";
import { users } from "@latchkey/db/schema";
import { freePort } from "@latchkey/tooling/services";
import { eq } from "drizzle-orm";
import { z } from "zod";
import { createTestCore, testSecret } from "./test-core.ts";
import type { TestCore } from "./test-core.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface RunningHouse {
  /** Where the portal, the admin app and the API answer, without a slash at the end. */
  readonly url: string;
  /** The same business in this process, to arrange what a test starts from. */
  readonly world: TestCore;
  /** Sends JSON below /api/v1 as a desktop or a script would. Throws where the answer is no success. */
  call(path: string, body: unknown, token?: string): Promise<unknown>;
  /** Signs somebody up over HTTP and confirms their address behind the API's back. */
  person(name?: string): Promise<Credentials>;
  /** A person who is staff as well. */
  staff(role?: StaffRole): Promise<Credentials>;
  /** Signs in as a script does; the answer is the bearer token. */
  signIn(credentials: Credentials): Promise<string>;
  /** Buys a plan for the person's organization by the month; the answer is the license key. */
  buy(credentials: Credentials, plan: "starter" | "pro" | "enterprise"): Promise<string>;
  /** The newest mail of that kind, once the worker has sent it. Throws after 20 s. */
  mail(to: string, template: MailTemplate): Promise<SandboxMail>;
  stop(): Promise<void>;
}

const apps = path.resolve(import.meta.dirname, "../../../apps");
const password = "a long and unlikely sentence 7";
const Signed = z.object({ token: z.string() });
const Bought = z.object({ licenseKey: z.string() });
const Mails = z.object({ items: z.array(SandboxMail) });

const startProcess = (app: "api" | "worker", env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [path.join(apps, app, "src/main.ts")], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed = `${printed}${chunk.toString()}`.slice(-4_000)));
  }
  return { child, printed: () => printed };
};

const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
};

const untilReady = async (url: string, api: ReturnType<typeof startProcess>): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (api.child.exitCode !== null) break;
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`The API did not become ready. It printed:\n${api.printed()}`);
};

const send = async (url: string, body: unknown, token?: string): Promise<unknown> => {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      origin: new URL(url).origin,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text === "" ? null : JSON.parse(text);
};

/** Starts the house on a free port; the web apps are those that were built last. Stop it after the file. */
export const startHouse = async ({
  mode = "sandbox",
}: { readonly mode?: "sandbox" | "production" } = {}): Promise<RunningHouse> => {
  const world = await createTestCore();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    DATABASE_URL: world.databaseUrl,
    DATABASE_POOL_SIZE: "5",
    REDIS_URL: world.redisUrl,
    LATCHKEY_MODE: mode,
    LATCHKEY_SECRET: testSecret,
    LATCHKEY_PUBLIC_URL: url,
    // Nothing listens there: in production mode a test looks at pages, and no mail leaves.
    ...(mode === "production" && {
      SMTP_URL: "smtp://127.0.0.1:9",
      LATCHKEY_MAIL_FROM: "Latchkey <licenses@latchkey.test>",
    }),
    LOG_LEVEL: "error",
    PORT: String(port),
  };
  const api = startProcess("api", env);
  const worker = startProcess("worker", env);
  const stop = async () => {
    await Promise.all([stopProcess(api.child), stopProcess(worker.child)]);
    await world.close();
  };
  const person: RunningHouse["person"] = async (name = "Kim Customer") => {
    const email = `${newId()}@customer.test`;
    await send(`${url}/api/auth/sign-up/email`, { name, email, password });
    await world.database.drizzle
      .update(users)
      .set({ emailVerified: true })
      .where(eq(users.email, email));
    return { email, password };
  };
  const staff: RunningHouse["staff"] = async (role = "admin") => {
    const credentials = await person("Robin Staff");
    const [user] = await world.database.drizzle
      .select({ userId: users.id })
      .from(users)
      .where(eq(users.email, credentials.email));
    if (user === undefined) throw new Error("The person who just signed up is not there.");
    await world.core.organizations.appointStaff(systemCall("test"), { ...user, role });
    return credentials;
  };
  const call: RunningHouse["call"] = (to, body, token) => send(`${url}/api/v1${to}`, body, token);

  const signIn: RunningHouse["signIn"] = async (credentials) =>
    Signed.parse(await send(`${url}/api/auth/sign-in/email`, credentials)).token;
  const buy: RunningHouse["buy"] = async (credentials, plan) => {
    const token = await signIn(credentials);
    const { id } = CreatedCheckout.parse(
      await call("/checkout/sessions", { plan, interval: "month" }, token),
    );
    await call(`/sandbox/checkout/${id}/pay`, { card: "pm_card_visa" });
    const checkout = await call(`/checkout/sessions/${id}`, undefined, token);
    return Bought.parse(checkout).licenseKey;
  };

  let reader: Promise<string> | null = null;
  const readerToken = async (): Promise<string> => signIn(await staff("viewer"));
  const mail: RunningHouse["mail"] = async (to, template) => {
    const token = await (reader ??= readerToken());
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const answer = await call(`/sandbox/mails?to=${encodeURIComponent(to)}`, undefined, token);
      const found = Mails.parse(answer).items.find((item) => item.template === template);
      if (found !== undefined) return found;
      await sleep(200);
    }
    throw new Error(`No mail ${template} arrived. The worker printed:\n${worker.printed()}`);
  };

  try {
    await untilReady(url, api);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, world, call, person, staff, signIn, buy, mail, stop };
};
