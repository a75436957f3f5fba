/** The textbook design's heartbeats: its own acquire, its own tokens. */
import { randomUUID, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import type { Context } from "./context.ts";
import { heartbeatsInTurn } from "./heartbeats.ts";
import type { Heartbeats } from "./heartbeats.ts";
import { runLoad } from "./load.ts";
import { leaseIn, take } from "./workloads.ts";

/** An RSA-4096 signature takes milliseconds: so many requests last as long as many times more elsewhere. */
const sessionsPerConnection = 5;

const Answer = z.object({ sessionId: z.string(), lease: z.string() });
const Token = z.object({ sub: z.string(), seq: z.int() });

const acquire = async ({ sizes, signal }: Context, url: string): Promise<string[]> => {
  const bodies: string[] = [];
  const licenseKey = randomUUID();
  const count = sessionsPerConnection * sizes.connections;
  await runLoad(
    {
      url: `${url}/acquire`,
      count,
      bodyOf: (index) =>
        JSON.stringify({ licenseKey, fingerprint: `bench:${index}`, maxSeats: count }),
      accepts: (status, body, index) => {
        bodies[index] = body;
        return status === 200 && leaseIn(body) !== undefined;
      },
    },
    { connections: sizes.connections, signal, onProgress: () => undefined },
  );
  return bodies;
};

/** Throws unless the token is signed by `publicKey` (RS256, RFC 7518 section 3.3) and says this session and step. */
const demandToken = (token: string, publicKey: KeyObject, wanted: z.infer<typeof Token>): void => {
  const [header, payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(`${header}.${payload}`);
  const holds = verify("sha256", bytes, publicKey, Buffer.from(signature, "base64url"));
  const said = Token.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  if (holds && said.sub === wanted.sub && said.seq === wanted.seq) return;
  throw new Error(`The textbook design answered ${JSON.stringify(said)}, ${holds}.`);
};

/** Heartbeats of sessions that the server at `url` grants for it. */
export const textbookHeartbeats = async (
  context: Context,
  { url, publicKey }: { readonly url: string; readonly publicKey: KeyObject },
): Promise<Heartbeats> => {
  const granted = (await acquire(context, url)).map((body) => Answer.parse(JSON.parse(body)));
  const tokens = granted.map(({ lease }) => lease);
  return heartbeatsInTurn(`${url}/heartbeat`, tokens, ({ session, step, body }) => {
    const { sessionId, lease } = Answer.parse(JSON.parse(body));
    const { sessionId: sub } = take(granted, session);
    if (sessionId !== sub) throw new Error(`An answer names session ${sessionId}.`);
    demandToken(lease, publicKey, { sub, seq: 1 + step });
  });
};
