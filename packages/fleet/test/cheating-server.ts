/** A small server that speaks the seat path's wire and keeps no promise: it grants whoever asks. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { fingerprintHash } from "@latchkey/license-crypto";
import { signLease } from "@latchkey/license-crypto/sign";
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

/** `signer` signs its leases; it says that its license has `maxSeats`, and never refuses. */
export const startCheatingServer = async ({ signer }: Keys, maxSeats: number) => {
  let sessions = 0;
  const leaseFor = (question: z.infer<typeof Question>): string => {
    const { lease, fingerprint = "", nonce } = question;
    const before = lease === undefined ? null : Claims.parse(peekPayload(lease));
    const iat = Math.floor(Date.now() / 1000);
    return signLease(signer, {
      iss: "https://cheat.example.com",
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
  const answerTo = (path: string, body: string): unknown => {
    const question = Question.parse(JSON.parse(body));
    if (path.includes("machines.activate")) {
      const { fingerprint } = question;
      const activatedAt = new Date().toISOString();
      return { license, machine: { id: "machine", name: "Cheat", fingerprint, activatedAt } };
    }
    if (path.includes("seats.release")) return null;
    const seats = { used: 1, max: maxSeats };
    return { lease: leaseFor(question), heartbeatInterval: 300, seats };
  };
  const server = http.createServer((request, response) => {
    if (request.method !== "POST") return void response.writeHead(404).end();
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ result: { data: answerTo(request.url ?? "", body) } }));
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
