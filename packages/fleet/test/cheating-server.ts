/** A small server that speaks the seat path's wire and keeps no promise: it grants whoever asks. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fingerprintHash } from "@latchkey/license-crypto";
import { endorseKey, signLease, signRefusal } from "@latchkey/license-crypto/sign";
import { peekPayload } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import { licenseId, product } from "./model-house.ts";
import type { Keys } from "./model-house.ts";

const Question = z.object({
  fingerprint: z.string().optional(),
  lease: z.string().optional(),
  nonce: z.string().optional(),
});
const Claims = z.object({ sid: z.string(), fph: z.string(), seq: z.number() });

const issuer = "https://cheat.example.com";

export interface Cheat {
  /** Signs all but the first answer; the key of the first vouches for this one. */
  readonly rotatedTo?: Keys;
  /** Whether the first acquire of each machine is refused. */
  readonly refusesFirst?: boolean;
}

/** It says that its license has `maxSeats`, forgets what it takes back, and refuses nothing unless told. */
export const startCheatingServer = async (
  keys: Keys,
  maxSeats: number,
  { rotatedTo, refusesFirst = false }: Cheat = {},
) => {
  let sessions = 0;
  let signatures = 0;
  const refusedOnce = new Set<string>();
  const signer = () => ((signatures += 1) > 1 && rotatedTo ? rotatedTo.signer : keys.signer);
  const listKeys = (): unknown => {
    const [jwk] = rotatedTo?.publicKeys.keys ?? [];
    if (jwk === undefined) return keys.publicKeys;
    const claims = { iss: issuer, aud: product, iat: Math.floor(Date.now() / 1000), jwk };
    return { keys: [{ ...jwk, endorsement: endorseKey(keys.signer, claims) }] };
  };
  const leaseFor = (question: z.infer<typeof Question>): string => {
    const { lease, fingerprint = "", nonce } = question;
    const before = lease === undefined ? null : Claims.parse(peekPayload(lease));
    const iat = Math.floor(Date.now() / 1000);
    return signLease(signer(), {
      iss: issuer,
      aud: product,
      sub: licenseId,
      sid: before?.sid ?? `session-${(sessions += 1)}`,
      mch: "machine",
      fph: before?.fph ?? fingerprintHash(fingerprint, product),
      iat,
      exp: iat + 360,
      graceUntil: iat + 2_160,
      seq: (before?.seq ?? 0) + 1,
      features: {},
      limits: {},
      ...(nonce !== undefined && { nonce }),
    });
  };
  const license = {
    id: licenseId,
    status: "active",
    product: { id: product, name: "Cheat" },
    plan: { slug: "cheat", name: "Cheat" },
    maxSeats,
    features: {},
    limits: {},
    expiresAt: null,
    graceEndsAt: null,
  };
  const answered = (data: unknown) => ({ status: 200, body: { result: { data } } });
  const refused = (fingerprint: string, nonce: string | undefined) => {
    const [code, detail] = ["SEATS_EXHAUSTED", "Not yet."];
    const refusal = signRefusal(signer(), {
      iss: issuer,
      aud: product,
      sub: licenseId,
      fph: fingerprintHash(fingerprint, product),
      iat: Math.floor(Date.now() / 1000),
      code,
      detail,
      ...(nonce !== undefined && { nonce }),
    });
    const problem = { code, status: 429, detail, requestId: "none", details: { refusal } };
    return { status: 429, body: { error: { message: detail, code: -32_029, data: { problem } } } };
  };
  const answerTo = (path: string, body: string) => {
    const question = Question.parse(JSON.parse(body));
    if (path.includes("machines.activate")) {
      const { fingerprint } = question;
      const activatedAt = new Date().toISOString();
      return answered({
        license,
        machine: { id: "machine", name: "Cheat", fingerprint, activatedAt },
      });
    }
    if (path.includes("seats.release")) return answered(null);
    const { fingerprint, nonce } = question;
    if (refusesFirst && fingerprint !== undefined && !refusedOnce.has(fingerprint)) {
      refusedOnce.add(fingerprint);
      return refused(fingerprint, nonce);
    }
    const seats = { used: 1, max: maxSeats };
    return answered({ lease: leaseFor(question), heartbeatInterval: 300, seats });
  };
  const server = http.createServer((request, response) => {
    if (request.method !== "POST") return void response.end(JSON.stringify(listKeys()));
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      const answer = answerTo(request.url ?? "", body);
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
