import { createPublicKey, verify } from "node:crypto";
import { signLease } from "@latchkey/license-crypto/sign";
import { verifyLease } from "@latchkey/license-crypto/verify";
import type { Context } from "../context.ts";
import type { Timed } from "../load.ts";
import { inTurn } from "../statistics.ts";
import { fetchKeyRing } from "../workloads.ts";

const measurement = "lease check";
const batches = 40;
const perBatch = 100;
const leases = 100;

/** What a client does with each answer, against one bare verification of the same signatures. */
export const measureLeaseChecks = async (context: Context, round: number): Promise<void> => {
  const { vendor, servers, acknowledged } = context;
  const license = await vendor.license({ seats: leases, machineCount: leases });
  const claims = await vendor.hold(license);
  acknowledged.sessions += claims.length;
  const audience = license.productId;
  const signer = await vendor.signerOf(audience);
  const keyRing = await fetchKeyRing(servers.apiUrl);
  const key = keyRing.find(signer.kid);
  if (!key) throw new Error("The API does not publish the key that it signs by.");
  const publicKey = createPublicKey(key.publicKey.export({ format: "pem", type: "spki" }));
  const tokens = claims.map((lease) => signLease(signer, lease));
  const signed = tokens.map((token) => {
    const end = token.lastIndexOf(".");
    return {
      bytes: Buffer.from(token.slice(0, end)),
      signature: Buffer.from(token.slice(end + 1), "base64url"),
    };
  });
  const hashes = claims.map(({ fph }) => fph);

  const check = (index: number): boolean => {
    const verified = verifyLease(keyRing, tokens[index] ?? "", {
      audience,
      issuer: servers.apiUrl,
    });
    return verified.ok && verified.claims.fph === hashes[index];
  };
  const verifyBare = (index: number): boolean => {
    const lease = signed[index];
    return lease !== undefined && verify(null, lease.bytes, publicKey, lease.signature);
  };

  const elapsed = { check: 0, bare: 0 };
  const run = (name: keyof typeof elapsed, holds: (index: number) => boolean): void => {
    const startedMs = performance.now();
    for (let number = 0; number < perBatch; number += 1) {
      if (!holds(number % leases)) throw new Error("A lease that was just signed does not hold.");
    }
    elapsed[name] += performance.now() - startedMs;
  };
  const both = [() => run("check", check), () => run("bare", verifyBare)];
  for (let batch = 0; batch < batches; batch += 1) {
    context.signal.throwIfAborted();
    for (const one of inTurn(both, round + batch)) one();
  }
  const toTimed = (elapsedMs: number): Timed => {
    const count = batches * perBatch;
    return { count, perSecond: (count / elapsedMs) * 1000, p50Ms: null, p99Ms: null };
  };
  context.keep({ measurement, by: "client" }, toTimed(elapsed.check));
  context.keep({ measurement, by: "bare verification" }, toTimed(elapsed.bare));
};
