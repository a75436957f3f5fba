import { randomUUID, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { z } from "zod";
import type { Context } from "../context.ts";
import { runLoad } from "../load.ts";
import type { Work } from "../load.ts";
import type { Started } from "../processes.ts";
import { inTurn } from "../statistics.ts";
import { createTurns } from "../turns.ts";
import { fetchKeyRing, heartbeats, hellos, leaseIn, licensesPerCell, paths } from "../workloads.ts";
import type { Door } from "../workloads.ts";

const measurement = "heartbeat";
/** An RSA-4096 signature takes milliseconds: so many requests tell as much here as thousands elsewhere. */
const textbookHeartbeatsPerSession = 3;
const textbookSessionsPerConnection = 2;

const TextbookAnswer = z.object({ sessionId: z.string(), lease: z.string() });
const Token = z.object({ sub: z.string(), seq: z.int() });

const holdSeats = async ({ vendor, sizes, acknowledged }: Context): Promise<LeaseClaims[]> => {
  const claims: LeaseClaims[] = [];
  for (const license of await vendor.licenses(licensesPerCell, sizes.machines)) {
    claims.push(...(await vendor.hold(license)));
  }
  acknowledged.sessions += claims.length;
  return claims;
};

const productOf = ([first]: readonly LeaseClaims[]): string => first?.aud ?? "";

const beatLatchkey = async (context: Context, door: Door): Promise<void> => {
  const { servers, vendor, acknowledged } = context;
  const claims = await holdSeats(context);
  const keys = {
    signer: await vendor.signerOf(productOf(claims)),
    keyRing: await fetchKeyRing(servers.apiUrl),
  };
  const work = heartbeats(`${servers.apiUrl}${paths[door].heartbeat}`, claims, keys);
  await context.load({ measurement, by: `Latchkey, ${door}` }, servers.pids.api(), work);
  work.check();
  acknowledged.steps += work.count;
};

const beatFloor = async (context: Context): Promise<void> => {
  const floor = await context.references.floor();
  const work = heartbeats(`${floor.url}/heartbeat`, await holdSeats(context), floor);
  await context.load({ measurement, by: "floor" }, floor.pid, work);
  work.check();
  context.acknowledged.steps += work.count;
};

const sayHello = async (context: Context): Promise<void> => {
  const hello = await context.references.hello();
  const claims = await holdSeats(context);
  const signer = await context.vendor.signerOf(productOf(claims));
  const work = hellos(`${hello.url}${paths.tRPC.heartbeat}`, claims, signer);
  await context.load({ measurement, by: "tRPC hello" }, hello.pid, work);
};

/** The newest token of each session of the textbook design, taken by its own acquire. */
const takeTextbookSeats = async (
  { sizes, signal }: Context,
  { url }: Started,
  sessions: number,
): Promise<string[]> => {
  const tokens: string[] = [];
  const licenseKey = randomUUID();
  await runLoad(
    {
      url: `${url}/acquire`,
      count: sessions,
      bodyOf: (index) =>
        JSON.stringify({ licenseKey, fingerprint: `bench:${index}`, maxSeats: sessions }),
      accepts: (status, body, index) => {
        tokens[index] = leaseIn(body) ?? "";
        return status === 200 && tokens[index] !== "";
      },
    },
    { connections: sizes.connections, signal, onProgress: () => undefined },
  );
  return tokens;
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

const beatTextbook = async (context: Context): Promise<void> => {
  const { sizes, acknowledged } = context;
  const textbook = await context.references.textbook();
  const sessions = textbookSessionsPerConnection * sizes.connections;
  const newest = await takeTextbookSeats(context, textbook, sessions);
  const turns = createTurns(sessions);
  const answers: { readonly step: number; readonly body: string }[] = [];
  const work: Work = {
    url: `${textbook.url}/heartbeat`,
    count: sessions * textbookHeartbeatsPerSession,
    bodyOf: (index) => `{"lease":"${newest[turns.take(index)]}"}`,
    accepts: (status, body, index) => {
      const { session, step } = turns.giveBack(index);
      newest[session] = leaseIn(body) ?? "";
      answers.push({ step, body });
      return status === 200;
    },
  };
  await context.load({ measurement, by: "textbook design" }, textbook.pid, work);
  for (const { step, body } of answers) {
    const { sessionId, lease } = TextbookAnswer.parse(JSON.parse(body));
    demandToken(lease, textbook.publicKey, { sub: sessionId, seq: 1 + step });
  }
  acknowledged.textbookSteps += work.count;
};

/** Durable heartbeats: Latchkey by both doors, the floor, the textbook design, and tRPC saying hello. */
export const measureHeartbeats = async (context: Context, round: number): Promise<void> => {
  const subjects = [
    () => beatLatchkey(context, "REST"),
    () => beatFloor(context),
    () => beatLatchkey(context, "tRPC"),
    () => sayHello(context),
    () => beatTextbook(context),
  ];
  for (const beat of inTurn(subjects, round)) await beat();
};
