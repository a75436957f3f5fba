/**
 * The textbook design, as the usual tutorial builds a license server: Express, a JSON Web Token under RSA-4096 (RS256),
 * seats counted in Redis by INCR and DECR under a time to live, sessions in PostgreSQL through an ordinary pool, one
 * statement and so one commit per heartbeat. Written to be fast within that design: the pool of ten and the prepared
 * statements that the product has, the two stores asked at once, the key parsed but once, no ETag.
 *
 * It runs in two versions that differ in who signs and verifies, and in nothing else: `jsonwebtoken`, which nearly
 * every tutorial takes and which works on the event loop (given a callback, too), and `jose`, which works on the
 * thread pool.
 *
 * What it lacks, whatever its speed: the counter drifts (a crash between INCR and INSERT, or a key that expires under
 * live sessions, sells a seat twice or none), Redis' loss forgets who holds, a refusal is unsigned, a replayed token
 * counts as a heartbeat, a client whose seat expired cannot come back, nothing limits rates.
 */
import { createPrivateKey, createPublicKey } from "node:crypto";
import express from "express";
import type { ErrorRequestHandler, RequestHandler } from "express";
import { Redis } from "ioredis";
import { jwtVerify, SignJWT } from "jose";
import jwt from "jsonwebtoken";
import postgres from "postgres";
import { z } from "zod";
import { env } from "../env.ts";

const leaseSeconds = 360;
const issuer = "textbook";

const privateKey = createPrivateKey(env.signingKey);
const publicKey = createPublicKey(privateKey);

const Claims = z.object({
  iss: z.literal(issuer),
  sub: z.uuid(),
  exp: z.int(),
  license: z.string(),
  fingerprint: z.string(),
  seq: z.int(),
});
type Claims = z.infer<typeof Claims>;

interface Tokens {
  sign(claims: Claims): string | Promise<string>;
  /** Throws for a token that is expired, or not ours. */
  verify(token: string): unknown;
}

const tokensBy: Readonly<Record<string, Tokens>> = {
  jsonwebtoken: {
    sign: (claims) => jwt.sign(claims, privateKey, { algorithm: "RS256" }),
    verify: (token) => jwt.verify(token, publicKey, { issuer, algorithms: ["RS256"] }),
  },
  jose: {
    sign: (claims) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "RS256", typ: "JWT" })
        .setIssuedAt()
        .sign(privateKey),
    verify: async (token) =>
      (await jwtVerify(token, publicKey, { issuer, algorithms: ["RS256"] })).payload,
  },
};
const tokens = tokensBy[env.tokensBy];
if (tokens === undefined) throw new Error("TOKENS_BY names jsonwebtoken or jose.");

const redis = new Redis(env.redisUrl, { enableAutoPipelining: true });
const sql = postgres(env.databaseUrl, { max: 10, onnotice: () => undefined });
await sql`create schema if not exists textbook`;
await sql`create table if not exists textbook.sessions (
  id uuid primary key default gen_random_uuid(), license_key text not null, fingerprint text not null,
  seq int not null default 1, last_heartbeat_at timestamptz not null default now(),
  expires_at timestamptz not null)`;

interface Session {
  id: string;
  license_key: string;
  fingerprint: string;
  seq: number;
  expires_at: Date;
}

const Acquire = z.object({ licenseKey: z.string(), fingerprint: z.string(), maxSeats: z.int() });
const Heartbeat = z.object({ lease: z.string() });

const seatsKey = (licenseKey: string): string => `textbook:seats:${licenseKey}`;

const toAnswer = async ({ id, license_key, fingerprint, seq, expires_at }: Session) => ({
  sessionId: id,
  expiresAt: expires_at,
  lease: await tokens.sign({
    iss: issuer,
    sub: id,
    exp: Math.floor(expires_at.getTime() / 1000),
    license: license_key,
    fingerprint,
    seq,
  }),
});

/** Takes `maxSeats` from the caller, where a real one reads it with the license. */
const acquire: RequestHandler = async ({ body }, response) => {
  const { licenseKey, fingerprint, maxSeats } = Acquire.parse(body);
  const used = await redis.incr(seatsKey(licenseKey));
  await redis.expire(seatsKey(licenseKey), leaseSeconds);
  if (used > maxSeats) {
    await redis.decr(seatsKey(licenseKey));
    response.status(429).json({ error: "All seats are in use." });
    return;
  }
  const [session] = await sql<Session[]>`
    insert into textbook.sessions (license_key, fingerprint, expires_at)
    values (${licenseKey}, ${fingerprint}, now() + make_interval(secs => ${leaseSeconds})) returning *`;
  if (session) response.json(await toAnswer(session));
};

const heartbeat: RequestHandler = async ({ body }, response) => {
  const { sub, license } = Claims.parse(await tokens.verify(Heartbeat.parse(body).lease));
  const [[session]] = await Promise.all([
    sql<Session[]>`
      update textbook.sessions set last_heartbeat_at = now(), seq = seq + 1,
        expires_at = now() + make_interval(secs => ${leaseSeconds})
      where id = ${sub} and expires_at > now() returning *`,
    redis.expire(seatsKey(license), leaseSeconds),
  ]);
  if (session) response.json(await toAnswer(session));
  else response.status(410).json({ error: "The session has expired." });
};

const answerError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  response.status(400).json({ error: error instanceof Error ? error.message : "Failed." });
};

const app = express();
app.disable("x-powered-by");
app.set("etag", false);
app.use(express.json());
app.post("/acquire", acquire);
app.post("/heartbeat", heartbeat);
app.use(answerError);

const server = app.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("SIGTERM", () => process.exit(0));
