import { createPrivateKey } from "node:crypto";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { LeaseClaims, RefusalClaims } from "@latchkey/license-crypto";
import {
  createSigner,
  endorseKey,
  generateSigningKey,
  signLease,
  signRefusal,
} from "@latchkey/license-crypto/sign";
import type { Signer } from "@latchkey/license-crypto/sign";
import { createKeyRing, extendKeyRing, verifyLease } from "@latchkey/license-crypto/verify";
import type { Fetch } from "../src/wire.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export const product = "0199aaaa-0000-7000-8000-000000000001";
export const licenseId = "0199aaaa-0000-7000-8000-000000000002";
export const machineId = "0199aaaa-0000-7000-8000-000000000003";
export const fingerprint = "fp-0123456789abcdef";
export const issuer = "https://license.test";

const signerOf = async () => {
  const key = await generateSigningKey("EdDSA");
  const signer = createSigner({ ...key, privateKey: createPrivateKey(key.privateKeyPem) });
  return { signer, publicJwk: key.publicJwk };
};
const vendor = await signerOf();
const stranger = await signerOf();
export const publicKeys = { keys: [vendor.publicJwk] };
export const vendorSigner = vendor.signer;
const keyRing = createKeyRing(publicKeys);
const ofAnotherCall = { nonce: "another-calls-nonce-01" };

interface Input {
  readonly lease?: string;
  readonly nonce?: string;
}

const readInput = (body: unknown): Input => {
  const input: unknown = JSON.parse(typeof body === "string" ? body : "{}");
  return typeof input === "object" && input !== null ? input : {};
};

/** Ways in which nothing believable comes back, however convincing it looks. */
export const troubles = [
  "unreachable",
  "hang",
  "html",
  "redirect",
  "error500",
  "error503",
  "rateLimited",
  "emptyJson",
  "unsignedSuspended",
  "unsignedFull",
  "unsignedEnded",
  "leaseInvalid",
  "strangerSuspended",
  "strangerLease",
  "othersLease",
  "oldRefusal",
  "othersRefusal",
  "replay",
  "withheldLease",
  "withheldRefusal",
  "answerToNobody",
  "oldLease",
] as const;
export type Trouble = (typeof troubles)[number];
export type Mode = "ok" | "slow" | "answerLost" | "full" | "suspended" | "ended" | Trouble;

export interface SeenCall {
  readonly path: string;
  readonly atMs: number;
  readonly input: unknown;
  readonly mode: Mode;
}

/** A license server with one license and one other holder at most; its time is the true one. */
export const createModelServer = (time: VirtualClock) => {
  let mode: Mode = "ok";
  let signer = vendor.signer;
  const jwks: unknown[] = [vendor.publicJwk];
  const open = new Set<() => void>();
  let session: { sid: string; seq: number; expMs: number } | null = null;
  let sessions = 0;
  let inFlight = 0;
  let mostInFlight = 0;
  let lastLease: LeaseClaims | null = null;
  const granted: unknown[] = [];
  const heartbeatClaims: LeaseClaims[] = [];
  const calls: SeenCall[] = [];
  /** Heartbeats that came after the lease they renew had ended. */
  let lateHeartbeats = 0;

  /** What the call that is being answered sent for its answer to repeat. */
  let asked: Pick<Input, "nonce"> = {};

  const nowSeconds = () => Math.floor(time.trueMs() / 1000);

  const heldSeat = (by: Signer, claims: LeaseClaims) => ({
    session: {
      id: claims.sid,
      startedAt: "2026-11-20T12:00:00.000Z",
      expiresAt: "2026-11-20T12:06:00.000Z",
    },
    lease: signLease(by, claims),
    heartbeatInterval: 300,
    seats: { used: 1, max: 1 },
  });

  const grant = (by = signer, to = fingerprint, answering = asked) => {
    session ??= { sid: `session-${(sessions += 1)}`, seq: 0, expMs: 0 };
    session.seq += 1;
    const iat = nowSeconds();
    const claims: LeaseClaims = {
      iss: issuer,
      aud: product,
      sub: licenseId,
      sid: session.sid,
      mch: machineId,
      fph: fingerprintHash(to, product),
      iat,
      exp: iat + 360,
      graceUntil: iat + 2160,
      seq: session.seq,
      ...answering,
      features: { export: true },
      limits: { projects: 3 },
    };
    session.expMs = claims.exp * 1000;
    if (by === signer && to === fingerprint && answering === asked) lastLease = claims;
    return heldSeat(by, claims);
  };

  const refusal = (code: string, changes: Partial<RefusalClaims> = {}, by = signer) =>
    signRefusal(by, {
      iss: issuer,
      aud: product,
      sub: licenseId,
      fph: fingerprintHash(fingerprint, product),
      iat: nowSeconds(),
      code,
      detail: `Refused: ${code}.`,
      ...asked,
      ...changes,
    });

  const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", ...headers },
    });
  const data = (body: unknown) => json(200, { result: { data: body } });
  const problem = (
    status: number,
    code: string,
    details: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) =>
    json(
      status,
      {
        error: {
          code: -32000,
          message: code,
          data: {
            code: "FORBIDDEN",
            httpStatus: status,
            problem: {
              type: "about:blank",
              title: code,
              status,
              detail: `${code}.`,
              code,
              requestId: "req-1",
              details,
            },
          },
        },
      },
      headers,
    );

  const honest = (path: string, input: Input): Response => {
    switch (path) {
      case "machines.activate":
        return data({
          license: {
            id: licenseId,
            status: "active",
            product: { id: product, name: "Sketch" },
            plan: { slug: "starter", name: "Starter" },
            maxSeats: 1,
            features: {},
            limits: {},
            expiresAt: null,
            graceEndsAt: null,
          },
          machine: {
            id: machineId,
            name: "desk",
            platform: "linux",
            appVersion: null,
            fingerprint,
            activatedAt: "2026-11-20T12:00:00.000Z",
            lastSeenAt: "2026-11-20T12:00:00.000Z",
          },
        });
      case "seats.acquire": {
        const answer = grant();
        granted.push(answer);
        return data(answer);
      }
      case "seats.heartbeat": {
        const ring = extendKeyRing(keyRing, { keys: jwks }, { audience: product });
        const lease = verifyLease(ring, input.lease ?? "", { audience: product });
        if (!lease.ok) return problem(401, "LEASE_INVALID");
        heartbeatClaims.push(lease.claims);
        if (session === null || session.sid !== lease.claims.sid) {
          return problem(409, "LEASE_EXPIRED", {
            endReason: "expired",
            refusal: refusal("SESSION_ENDED"),
          });
        }
        if (time.trueMs() >= session.expMs) lateHeartbeats += 1;
        const answer = grant();
        granted.push(answer);
        return data(answer);
      }
      case "seats.release":
        session = null;
        return data(null);
      case "jwks.json":
        return json(200, { keys: jwks });
      case "licenses.validate":
        return data({ valid: true, code: "VALID", detail: "The license is valid." });
      default:
        return problem(404, "NOT_FOUND");
    }
  };

  const unusable = (token?: string) =>
    problem(403, "LICENSE_NOT_USABLE", {
      validationCode: "SUSPENDED",
      ...(token ? { refusal: token } : {}),
    });

  const answerBy = (path: string, input: Input): Response | "unreachable" | "hang" => {
    switch (mode) {
      case "ok":
      case "slow":
        return honest(path, input);
      case "answerLost":
        honest(path, input);
        return "unreachable";
      case "full":
        session = null;
        return problem(429, "SEATS_EXHAUSTED", {
          maxSeats: 1,
          usedSeats: 1,
          refusal: refusal("SEATS_EXHAUSTED", { maxSeats: 1, usedSeats: 1 }),
        });
      case "suspended":
        session = null;
        return unusable(refusal("SUSPENDED"));
      case "ended":
        return path === "seats.heartbeat"
          ? problem(409, "LEASE_EXPIRED", {
              endReason: "ended_by_member",
              refusal: refusal("SESSION_ENDED"),
            })
          : honest(path, input);
      case "unreachable":
      case "hang":
        return mode;
      case "redirect":
        return "unreachable";
      case "html":
        return new Response("<html><h1>Welcome to our Wi-Fi</h1></html>", {
          status: 200,
          headers: { "content-type": "text/html" },
        });
      case "error500":
        return problem(500, "INTERNAL");
      case "error503":
        return new Response("upstream is gone", { status: 503 });
      case "rateLimited":
        return problem(429, "RATE_LIMITED", { retryAfterSeconds: 7 }, { "retry-after": "7" });
      case "emptyJson":
        return data({});
      case "unsignedSuspended":
        return unusable();
      case "unsignedFull":
        return problem(429, "SEATS_EXHAUSTED", {
          maxSeats: 1,
          usedSeats: 1,
          refusal: "bm90.YQ.c2ln",
        });
      case "unsignedEnded":
        return problem(409, "LEASE_EXPIRED", { endReason: "ended_by_member", refusal: "x" });
      case "leaseInvalid":
        return problem(401, "LEASE_INVALID");
      case "strangerSuspended":
        return unusable(refusal("SUSPENDED", {}, stranger.signer));
      case "strangerLease":
        return data(grant(stranger.signer));
      case "othersLease":
        return data(grant(signer, "fp-somebody-else-01"));
      case "oldRefusal":
        return unusable(refusal("SUSPENDED", { iat: (lastLease?.iat ?? nowSeconds()) - 1 }));
      case "othersRefusal":
        return unusable(
          refusal("SUSPENDED", { fph: fingerprintHash("fp-somebody-else-01", product) }),
        );
      // What another call of this machine was answered: newest of all, kept back and played now.
      case "withheldLease":
        return data(grant(signer, fingerprint, ofAnotherCall));
      case "withheldRefusal":
        return unusable(refusal("SUSPENDED", ofAnotherCall));
      case "answerToNobody":
        return data(grant(signer, fingerprint, {}));
      // The server was restored to an earlier hour: it answers this call, with what it said before.
      case "oldLease":
        return data(lastLease === null ? {} : heldSeat(signer, { ...lastLease, ...asked }));
      case "replay":
        return data(granted.at(-1) ?? granted[0] ?? {});
    }
  };

  const fetch: Fetch = (url, init) => {
    time.stir();
    const path = url.slice(url.lastIndexOf("/") + 1);
    const input = readInput(init.body);
    calls.push({ path, atMs: time.trueMs(), input, mode });
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const hangUp = () => close(() => {});
    open.add(hangUp);
    const close = (end: () => void) => {
      if (!open.delete(hangUp)) return;
      inFlight -= 1;
      time.stir();
      end();
    };
    init.signal?.addEventListener("abort", () => close(() => reject(new Error("aborted"))));
    const delayMs = mode === "slow" ? 4_000 : 40;
    time.clock.setTimer(delayMs, () => {
      if (!open.has(hangUp)) return;
      asked = input.nonce === undefined ? {} : { nonce: input.nonce };
      const answer = answerBy(path, input);
      if (answer === "hang") return;
      close(() =>
        answer === "unreachable" ? reject(new TypeError("fetch failed")) : resolve(answer),
      );
    });
    return promise;
  };

  return {
    fetch,
    calls,
    setMode: (next: Mode) => void (mode = next),
    mode: () => mode,
    hasSession: () => session !== null,
    mostInFlight: () => mostInFlight,
    inFlight: () => inFlight,
    lateHeartbeats: () => lateHeartbeats,
    lastLease: () => lastLease,
    /** What the leases said that came with heartbeats, in order. */
    heartbeatClaims: () => heartbeatClaims,
    /** Ends the session, as the server does when its lease runs out. */
    forgetSession: () => void (session = null),
    /** The connection of a process that is gone. */
    hangUp: (): void => {
      for (const end of open) end();
    },
    /** Signs with a new key from now on; the old one vouches for it. */
    rotateKey: async (): Promise<void> => {
      const next = await signerOf();
      const iat = nowSeconds();
      const claims = { iss: issuer, aud: product, iat, jwk: next.publicJwk };
      jwks.push({ ...next.publicJwk, endorsement: endorseKey(signer, claims) });
      signer = next.signer;
    },
  };
};
