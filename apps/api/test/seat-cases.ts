/** What is sent to the seat path, good and bad. */
import { newId } from "@latchkey/db";
import { callBy } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { maxBodyBytes } from "../src/http/body-limit.ts";
import { anyone, fieldsOf } from "./seat-requests.ts";
import type { Case, Scene, Verb } from "./seat-requests.ts";

const leaseVerbs = ["heartbeat", "release"] as const;
const changed = (changes: Record<string, unknown>) => (scene: Scene, verb: Verb) => ({
  ...fieldsOf(verb, scene),
  ...changes,
});
/** Bytes with their length told. */
const bytes = (text: string | Uint8Array) => ({
  body: () => [text],
  headers: { "content-length": String(Buffer.byteLength(text)) },
});
const good = (scene: Scene, verb: Verb) => JSON.stringify(fieldsOf(verb, scene));
const goodStatus = (verb: Verb): readonly [number, number] => [verb === "release" ? 204 : 200, 200];

const bad = { status: 400, by: "hot path" } as const;
const unusual = { status: 200, by: "Express" } as const;
const queried = { status: [400, 200], by: "Express" } as const;
const tooLong = ["x".repeat(maxBodyBytes), "x"];
const nonce = "0123456789abcdefghijkl";

const forge = (lease: string) => {
  const [header = "", , signature = ""] = lease.split(".");
  const claims = Buffer.from(JSON.stringify({ sub: newId(), seq: 9 })).toString("base64url");
  return [header, claims, signature].join(".");
};
const asStaff = callBy({ kind: "staff", userId: "staff", email: "staff@test", role: "admin" });
const reason = "a test";
const later = 3600;
const seats = ({ core }: TestCore) => core.licensing;
const takeSeat = ({ licenseKey, outsider }: Scene, world: TestCore) =>
  seats(world).acquireSeat(anyone, { licenseKey, fingerprint: outsider });

/** What people's machines send on good days and bad. */
export const ofTheVerbs: readonly Case[] = [
  ...(["acquire", "heartbeat", "release"] as const).map((verb): Case => ({
    title: "all is well",
    verbs: [verb],
    status: goodStatus(verb),
    by: "hot path",
  })),
  {
    title: "with everything that may be told",
    verbs: ["acquire"],
    body: changed({ components: { disk: "0123456789abcdef" }, appVersion: "1.2.3", nonce }),
    status: 200,
    by: "hot path",
  },
  {
    title: "every seat is taken",
    verbs: ["acquire"],
    body: ({ licenseKey, outsider }) => ({ licenseKey, fingerprint: outsider }),
    status: 429,
    by: "hot path",
  },
  {
    title: "a machine asks too often",
    verbs: ["acquire"],
    prepare: async ({ licenseKey, holder }, world) => {
      const again = () => seats(world).acquireSeat(anyone, { licenseKey, fingerprint: holder });
      await Promise.allSettled(Array.from({ length: 20 }, again));
    },
    status: 429,
    by: "hot path",
  },
  {
    title: "a session beats too often",
    verbs: ["heartbeat"],
    prepare: async ({ lease }, world) => {
      const again = () => seats(world).heartbeat(anyone, { lease });
      await Promise.allSettled(Array.from({ length: 30 }, again));
    },
    status: 429,
    by: "hot path",
  },
  {
    title: "a key that nobody has",
    verbs: ["acquire"],
    body: changed({ licenseKey: "LATCH-AAAA-AAAA-AAAA-AAAA-AAAA" }),
    status: 403,
    by: "hot path",
  },
  {
    title: "a machine that was never activated",
    verbs: ["acquire"],
    body: changed({ fingerprint: "machine:0123456789abcdef" }),
    status: 403,
    by: "hot path",
  },
  {
    title: "a suspended license",
    verbs: ["acquire", "heartbeat"],
    prepare: ({ licenseId }, world) => seats(world).suspendLicense(asStaff, { licenseId, reason }),
    status: 403,
    by: "hot path",
  },
  {
    title: "a revoked license",
    verbs: ["acquire", "heartbeat"],
    prepare: ({ licenseId }, world) => seats(world).revokeLicense(asStaff, { licenseId, reason }),
    status: 403,
    by: "hot path",
  },
  {
    title: "a session that was given back already",
    verbs: ["heartbeat"],
    prepare: ({ lease }, world) => seats(world).releaseSeat(anyone, { lease }),
    status: 409,
    by: "hot path",
  },
  {
    title: "a session that was given back already",
    verbs: ["release"],
    prepare: ({ lease }, world) => seats(world).releaseSeat(anyone, { lease }),
    status: [204, 200],
    by: "hot path",
  },
  {
    title: "a lease that ran out, its seat still free",
    verbs: ["heartbeat"],
    prepare: (_scene, world) => world.advance(later),
    status: 200,
    by: "hot path",
  },
  {
    title: "a lease that ran out, its seat taken",
    verbs: ["heartbeat"],
    prepare: async (scene, world) => {
      await world.advance(later);
      await takeSeat(scene, world);
    },
    status: 429,
    by: "hot path",
  },
  {
    title: "a forged lease",
    verbs: leaseVerbs,
    body: ({ lease }) => ({ lease: forge(lease) }),
    status: 401,
    by: "hot path",
  },
  {
    title: "a text that is no lease",
    verbs: leaseVerbs,
    body: () => ({ lease: "a.b.c" }),
    status: 401,
    by: "hot path",
  },
];

/** Bodies that no client of ours sends, which the hot path judges itself. */
export const ofTheBody: readonly Case[] = [
  { title: "an unknown field", body: changed({ admin: true }), status: 400, by: "hot path" },
  { title: "a missing field", body: () => ({}), status: 400, by: "hot path" },
  {
    title: "wrong types",
    body: changed({ lease: 7, licenseKey: ["x"], fingerprint: null }),
    status: 400,
    by: "hot path",
  },
  { title: "a NUL in a value", body: changed({ appVersion: "1\0" }), status: 400, by: "hot path" },
  { title: "a NUL in a key", body: changed({ "a\0": 1 }), status: 400, by: "hot path" },
  {
    title: "half a surrogate pair",
    ...bytes('{"appVersion":"\\ud800"}'),
    status: 400,
    by: "hot path",
  },
  { title: "__proto__ as a field", ...bytes('{"__proto__":{"a":1}}'), status: 400, by: "hot path" },
  { title: "a field sent twice", ...bytes('{"a":1,"a":2}'), status: 400, by: "hot path" },
  { title: "JSON cut short", ...bytes('{"lease": '), status: 400, by: "hot path" },
  { title: "text behind the JSON", ...bytes("{} {}"), status: 400, by: "hot path" },
  { title: "a list", ...bytes("[1]"), status: 400, by: "hot path" },
  { title: "a string", ...bytes('"lease"'), status: 400, by: "hot path" },
  { title: "null", ...bytes("null"), status: 400, by: "hot path" },
  { title: "blanks alone", ...bytes(" \n"), status: 400, by: "hot path" },
  { title: "a byte order mark alone", ...bytes("\ufeff"), status: 400, by: "hot path" },
  { title: "bytes that are no UTF-8", ...bytes(Buffer.from([0x7b, 0xff, 0xc3])), ...bad },
  {
    title: "bytes that are no UTF-8 within a string",
    ...bytes(
      Buffer.concat([Buffer.from('{"lease":"'), Buffer.from([0xf0, 0x9f]), Buffer.from('"}')]),
    ),
    ...bad,
  },
  {
    title: "a body nested deeper than any stack",
    ...bytes("[".repeat(100_000) + "]".repeat(100_000)),
    ...bad,
  },
  {
    title: "the longest body",
    ...bytes(`{"lease":"${"x".repeat(maxBodyBytes - 12)}"}`),
    status: 400,
    by: "hot path",
  },
  {
    title: "blanks and a byte order mark before the fields",
    verbs: ["heartbeat"],
    body: (scene, verb) => [`\ufeff \n${good(scene, verb)}`],
    headers: { "content-length": undefined },
    status: 200,
    by: "Express",
  },
  {
    title: "a body in many parts of a told length",
    verbs: ["heartbeat"],
    body: (scene, verb) => good(scene, verb).split(""),
    headers: { "content-length": "told" },
    status: 200,
    by: "hot path",
  },
];

/** Requests that the hot path leaves to Express, whose answer they then get. */
export const leftToExpress: readonly Case[] = [
  { title: "GET", method: "GET", body: () => [], status: 405, by: "Express" },
  { title: "HEAD", method: "HEAD", body: () => [], status: [405, 204], by: "Express" },
  { title: "OPTIONS", method: "OPTIONS", body: () => [], status: 405, by: "Express" },
  { title: "PUT", method: "PUT", status: 405, by: "Express" },
  { title: "TRACE", method: "TRACE", body: () => [], status: 405, by: "Express" },
  { title: "no body", body: () => [], headers: { "content-length": "0" }, ...bad, by: "Express" },
  {
    title: "no body and no length",
    body: () => [],
    headers: { "content-type": undefined, "transfer-encoding": undefined },
    status: [400, 415],
    by: "Express",
  },
  {
    title: "a chunked body",
    verbs: ["heartbeat"],
    body: (scene, verb) => [good(scene, verb)],
    status: 200,
    by: "Express",
  },
  { title: "a chunked body over 256 KiB", body: () => tooLong, status: 413, by: "Express" },
  {
    title: "a body over 256 KiB",
    ...bytes("x".repeat(maxBodyBytes + 1)),
    status: 413,
    by: "Express",
  },
  {
    title: "another content type",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
    by: "Express",
  },
  {
    title: "no content type",
    headers: { "content-type": undefined },
    status: 415,
    by: "Express",
  },
  {
    title: "another charset",
    headers: { "content-type": "application/json; charset=latin1" },
    verbs: ["heartbeat"],
    status: [415, 200],
    by: "Express",
  },
  {
    title: "a compressed body",
    headers: { "content-encoding": "gzip" },
    status: "any",
    by: "Express",
  },
  {
    title: "an idempotency key",
    headers: { "idempotency-key": "one" },
    verbs: ["heartbeat"],
    status: 200,
    by: "Express",
  },
  {
    title: "an idempotency key that no header may carry",
    headers: { "idempotency-key": "a b" },
    status: 400,
    by: "Express",
  },
  {
    title: "a token that nobody gave",
    headers: { authorization: "Bearer forged.token" },
    verbs: ["heartbeat"],
    status: 200,
    by: "Express",
  },
  {
    title: "a cookie",
    headers: { cookie: "better-auth.session_token=forged" },
    verbs: ["heartbeat"],
    status: 200,
    by: "Express",
  },
  {
    title: "a call for a stream",
    headers: { accept: "application/jsonl" },
    verbs: ["heartbeat"],
    status: [200, 400],
    by: "Express",
  },
  { title: "a query", path: (path) => `${path}?a=1`, verbs: ["heartbeat"], ...queried },
  { title: "an empty query", path: (path) => `${path}?`, verbs: ["heartbeat"], ...unusual },
  {
    title: "a trailing slash",
    path: (path) => `${path}/`,
    verbs: ["heartbeat"],
    status: [200, 404],
    by: "Express",
  },
  {
    title: "a batch of one",
    path: (path) => `${path}?batch=1`,
    verbs: ["heartbeat"],
    body: (scene, verb) => ({ 0: fieldsOf(verb, scene) }),
    ...queried,
  },
  { title: "capitals", path: (path) => path.toUpperCase(), status: 404, by: "Express" },
  {
    title: "a percent-encoded path",
    path: (path) => path.replace("heartbeat", "%68eartbeat"),
    verbs: ["heartbeat"],
    status: [405, 200],
    by: "Express",
  },
  {
    title: "a doubled slash",
    path: (path) => path.replace("/", "//"),
    status: 404,
    by: "Express",
  },
  {
    title: "a path that is no UTF-8",
    path: (path) => `${path}%E0%A4%A`,
    status: 400,
    by: "Express",
  },
];

/** Requests that are plain though they look different. */
export const ofTheHead: readonly Case[] = [
  ...["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"].map(
    (type): Case => ({
      title: `content type ${type}`,
      headers: { "content-type": type },
      verbs: ["heartbeat"],
      status: 200,
      by: "hot path",
    }),
  ),
  {
    title: "Expect: 100-continue",
    headers: { expect: "100-continue" },
    verbs: ["heartbeat"],
    status: 200,
    by: "hot path",
  },
  {
    title: "a page of somebody else",
    headers: { origin: "https://evil.example" },
    verbs: ["heartbeat"],
    status: 200,
    by: "hot path",
  },
  {
    title: "many proxies and a long user agent",
    headers: {
      "x-forwarded-for": "::ffff:192.0.2.1, 198.51.100.7",
      "user-agent": "x".repeat(2000),
    },
    verbs: ["acquire"],
    prepare: ({ lease }, world) => seats(world).releaseSeat(anyone, { lease }),
    status: 200,
    by: "hot path",
  },
];
