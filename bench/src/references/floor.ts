/**
 * The floor: the shortest honest program for a heartbeat and for a refused acquire. node:http, node:crypto, libsodium
 * for the signature, the two drivers and the product's own Lua scripts; no framework, no schema. A heartbeat: sign the
 * presented lease again and compare, unless this process signed it; renew all sessions that arrive together by one
 * UPDATE of the product's tables, under its conditions, its role and its row-level security; move the expiries of their
 * seats in Redis, which counts the seats of each license; once that is committed, sign the new lease. A refusal: find the
 * license by the keyed hash of its key, ask the script, sign the no. What it leaves out makes it faster, never slower:
 * it limits no rates, checks no field that it does not use, reads a license once and never again, and cannot judge a
 * session that did not simply move.
 */
import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Redis } from "ioredis";
import postgres from "postgres";
import sodium from "sodium-native";
import { env } from "../env.ts";

const leaseSeconds = 360;
const graceSeconds = 1800;
const keepMs = 3_600_000;

const redis = new Redis(env.redisUrl, { enableAutoPipelining: true });
const loadScript = async (name: string): Promise<string> => {
  const file = new URL(`../../../packages/redis/scripts/${name}.lua`, import.meta.url);
  return String(await redis.script("LOAD", readFileSync(file, "utf8")));
};
const moveScript = await loadScript("move-seats-n");
const acquireScript = await loadScript("acquire-seat-1");
const seatsKey = (licenseId: string): string => `latchkey:seats:{${licenseId}}`;

const sql = postgres(env.databaseUrl, {
  max: 10,
  connection: {
    role: "latchkey_app",
    "latchkey.scope": "system",
    // A plan of the first minute, when the tables are empty, is kept, and reads them whole.
    enable_seqscan: "off",
    enable_hashjoin: "off",
    enable_mergejoin: "off",
  },
});

const privateKey = crypto.createPrivateKey(env.signingKey);
const { d: seed = "" } = privateKey.export({ format: "jwk" });
const secretKey = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
sodium.crypto_sign_seed_keypair(
  Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES),
  secretKey,
  Buffer.from(seed, "base64url"),
);
const toBase64url = (text: string): string => Buffer.from(text).toString("base64url");
const headerOf = (typ: string): string =>
  toBase64url(JSON.stringify({ alg: "EdDSA", kid: env.signingKid, typ }));
const leaseHeader = headerOf("latchkey-lease+jwt");
const refusalHeader = headerOf("latchkey-refusal+jwt");

const signatureOf = (input: string): Buffer => {
  const signature = Buffer.allocUnsafe(sodium.crypto_sign_BYTES);
  sodium.crypto_sign_detached(signature, Buffer.from(input), secretKey);
  return signature;
};

const signed = (header: string, claims: object): string => {
  const input = `${header}.${toBase64url(JSON.stringify(claims))}`;
  return `${input}.${signatureOf(input).toString("base64url")}`;
};

const textIn = (json: unknown, name: string): string =>
  typeof json === "object" && json !== null ? String(Reflect.get(json, name)) : "";

/** The newest lease that this process signed for each session: one that comes back needs no proof. */
const newest = new Map<string, string>();

/** The session and license of a lease that this server signed. One header is allowed, so it need not be read. */
const readLease = (lease: string) => {
  const [header, payload = "", signature = ""] = lease.split(".");
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  const sessionId = textIn(claims, "sid");
  if (newest.get(sessionId) !== lease) {
    const expected = signatureOf(`${header}.${payload}`);
    const presented = Buffer.from(signature, "base64url");
    const isOwn =
      presented.length === expected.length && crypto.timingSafeEqual(expected, presented);
    if (header !== leaseHeader || !isOwn) throw new Error("The lease is not ours.");
    if (textIn(claims, "iss") !== env.issuer) throw new Error("The lease is of another server.");
  }
  return { sessionId, licenseId: textIn(claims, "sub"), machineId: textIn(claims, "mch") };
};

interface Renewed {
  id: string;
  startedAt: Date;
  renewedAt: Date;
  expiresAt: Date;
  seq: string;
  fingerprint: string;
  productId: string;
  features: object;
  limits: object;
  maxSeats: number;
}

/** Renews in one statement, which is one transaction; locks in the order of ids, as the product does. */
const renewAll = (ids: readonly string[]) => sql<Renewed[]>`
  with held as (
    select id, license_id, machine_id from sessions
    where id = any(${[...ids]}::uuid[]) and end_reason is null
    order by id for update skip locked),
  movable as (
    select held.id, l.product_id, l.features, l.limits, l.max_seats, m.fingerprint
    from held join licenses l on l.id = held.license_id join machines m on m.id = held.machine_id
    where l.status in ('active', 'past_due') and (l.expires_at is null or l.expires_at > now())
      and coalesce(m.deactivated_at, m.banned_at) is null)
  update sessions s set last_heartbeat_at = now(), seq = s.seq + 1,
    expires_at = greatest(s.expires_at, now() + make_interval(secs => ${leaseSeconds}))
  from movable m where s.id = m.id
  returning s.id, s.started_at as "startedAt", s.last_heartbeat_at as "renewedAt",
    s.expires_at as "expiresAt", s.seq, m.fingerprint, m.product_id as "productId", m.features, m.limits, m.max_seats as "maxSeats"`;

interface Seat {
  readonly sessionId: string;
  readonly licenseId: string;
  readonly machineId: string;
}

/** Moves the seats by one command, and answers how many seats the license of each uses. */
const moveAll = async (seats: readonly Seat[]): Promise<number[]> => {
  const moves = seats.flatMap(({ machineId }) => [1, machineId, leaseSeconds * 1000]);
  const keys = seats.map(({ licenseId }) => seatsKey(licenseId));
  const used = await redis.evalsha(moveScript, keys.length, ...keys, keepMs, ...moves);
  return Array.isArray(used) ? used.map(Number) : [];
};

interface Group {
  readonly seats: Seat[];
  readonly done: PromiseWithResolvers<ReadonlyMap<string, Renewed & { used: number }>>;
}
let gathering: Group | null = null;
let committing = false;

/** Commits group after group: what arrives during one commit is the next. */
const commitAll = async (): Promise<void> => {
  while (gathering !== null) {
    const { seats, done }: Group = gathering;
    gathering = null;
    await Promise.all([renewAll(seats.map(({ sessionId }) => sessionId)), moveAll(seats)]).then(
      ([rows, moved]) => {
        const used = new Map(seats.map(({ sessionId }, index) => [sessionId, moved[index] ?? 1]));
        done.resolve(new Map(rows.map((row) => [row.id, { ...row, used: used.get(row.id) ?? 1 }])));
      },
      done.reject,
    );
  }
  committing = false;
};

const renew = async (seat: Seat): Promise<Renewed & { used: number }> => {
  gathering ??= { seats: [], done: Promise.withResolvers() };
  const { seats, done } = gathering;
  seats.push(seat);
  if (!committing) setImmediate(() => void commitAll());
  committing = true;
  const row = (await done.promise).get(seat.sessionId);
  if (row === undefined) throw new Error("The session did not move.");
  return row;
};

const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);
const hashOf = (fingerprint: string, productId: string): string =>
  crypto
    .createHash("sha256")
    .update(`latchkey/fingerprint/v1\0${productId}\0${fingerprint}`)
    .digest("base64url");

const heartbeat = async (presented: string, nonce: string): Promise<object> => {
  const { sessionId, licenseId, machineId } = readLease(presented);
  const row = await renew({ sessionId, licenseId, machineId });
  const { productId } = row;
  const iat = seconds(row.renewedAt);
  const exp = Math.min(seconds(row.expiresAt), iat + leaseSeconds);
  const lease = signed(leaseHeader, {
    iss: env.issuer,
    aud: productId,
    sub: licenseId,
    sid: sessionId,
    mch: machineId,
    fph: hashOf(row.fingerprint, productId),
    iat,
    exp,
    graceUntil: exp + graceSeconds,
    seq: Number(row.seq),
    nonce,
    features: row.features,
    limits: row.limits,
  });
  newest.set(sessionId, lease);
  return {
    session: { id: sessionId, startedAt: row.startedAt, expiresAt: row.expiresAt },
    lease,
    heartbeatInterval: 300,
    seats: { used: row.used, max: row.maxSeats },
  };
};

interface Known {
  readonly licenseId: string;
  readonly productId: string;
  readonly maxSeats: number;
  readonly machineIds: ReadonlyMap<string, string>;
}
const known = new Map<string, Promise<Known>>();
const hashKey = crypto.createSecretKey(
  Buffer.from(crypto.hkdfSync("sha256", env.secret, "", "latchkey/hash/license-key/v1", 32)),
);

const readLicense = async (keyHash: Buffer): Promise<Known> => {
  const rows = await sql<(Omit<Known, "machineIds"> & { id: string; fingerprint: string })[]>`
    select l.id as "licenseId", l.product_id as "productId", l.max_seats as "maxSeats", m.id, m.fingerprint
    from licenses l join machines m on m.license_id = l.id
    where l.key_hash = ${keyHash} and m.deactivated_at is null and m.banned_at is null`;
  const [license] = rows;
  if (license === undefined) throw new Error("There is no such license.");
  return { ...license, machineIds: new Map(rows.map(({ fingerprint, id }) => [fingerprint, id])) };
};

const findLicense = (licenseKey: string): Promise<Known> => {
  const keyHash = crypto.createHmac("sha256", hashKey).update(licenseKey).digest();
  const key = keyHash.toString("base64");
  const license = known.get(key) ?? readLicense(keyHash);
  known.set(key, license);
  return license;
};

const refuse = async (licenseKey: string, fingerprint: string, nonce: string): Promise<object> => {
  const { licenseId, productId, maxSeats, machineIds } = await findLicense(licenseKey);
  const reply = await redis.evalsha(
    acquireScript,
    1,
    seatsKey(licenseId),
    machineIds.get(fingerprint) ?? "",
    maxSeats,
    leaseSeconds * 1000,
    "known",
    keepMs,
  );
  const [kind, usedNow] = Array.isArray(reply) ? reply.map(String) : [];
  if (kind !== "full") throw new Error("The license is not full, and this server refuses only.");
  const detail = `All ${maxSeats} seats of this license are in use. Try again when one is free.`;
  const no = { code: "SEATS_EXHAUSTED", detail, maxSeats, usedSeats: Number(usedNow) };
  const refusal = signed(refusalHeader, {
    iss: env.issuer,
    aud: productId,
    sub: licenseId,
    fph: hashOf(fingerprint, productId),
    iat: Math.floor(Date.now() / 1000),
    nonce,
    ...no,
  });
  return { title: "All seats are in use", status: 429, ...no, refusal };
};

const answer = (response: ServerResponse, status: number, body: object): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
};

const readText = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => resolve(text));
    request.on("error", reject);
  });

const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body: unknown = JSON.parse(await readText(request));
  const textOf = (name: string): string => textIn(body, name);
  const nonce = textOf("nonce");
  if (request.url === "/heartbeat") answer(response, 200, await heartbeat(textOf("lease"), nonce));
  else answer(response, 429, await refuse(textOf("licenseKey"), textOf("fingerprint"), nonce));
};

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) =>
    answer(response, 500, { detail: error instanceof Error ? error.message : "Failed." }),
  );
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("SIGTERM", () => process.exit(0));
