import type { LeaseClaims } from "@latchkey/license-crypto";
import { signLease } from "@latchkey/license-crypto/sign";
import type { Context } from "../context.ts";
import { hellos, leaseHeartbeats } from "../heartbeats.ts";
import type { Heartbeats } from "../heartbeats.ts";
import { runLoad } from "../load.ts";
import { textbookBy } from "../start-references.ts";
import type { TokenLibrary } from "../start-references.ts";
import { inTurn } from "../statistics.ts";
import { textbookHeartbeats } from "../textbook-heartbeats.ts";
import { fetchKeyRing, licensesPerCell, nonceOf, paths } from "../workloads.ts";
import type { Door } from "../workloads.ts";

const measurement = "heartbeat";
const firstMeasurement = "first heartbeat after a restart";
/** So many times the machines of other cells, so that a turn lasts for seconds. */
const sessionsFactor = 5;

/** A server that is ready for its turn. */
interface Contestant {
  readonly by: string;
  readonly pid: number;
  readonly beats: Heartbeats;
  /** Whether the first heartbeats are a row of their own: they are where a server knows the leases that it signed. */
  readonly showsFirst: boolean;
  /** Counts the acknowledged heartbeats where they are compared with what PostgreSQL holds. */
  readonly countedAs: "steps" | "textbookSteps" | null;
}

const holdSeats = async ({ vendor, sizes, acknowledged }: Context): Promise<LeaseClaims[]> => {
  const claims: LeaseClaims[] = [];
  const licenses = await vendor.licenses(
    sessionsFactor * licensesPerCell,
    sessionsFactor * sizes.machines,
  );
  for (const license of licenses) claims.push(...(await vendor.hold(license)));
  acknowledged.sessions += claims.length;
  return claims;
};

const signerOf = ({ vendor }: Context, [first]: readonly LeaseClaims[]) =>
  vendor.signerOf(first?.aud ?? "");

const latchkey = async (context: Context, door: Door): Promise<Contestant> => {
  const { apiUrl, pids } = context.servers;
  const claims = await holdSeats(context);
  const keys = { signer: await signerOf(context, claims), keyRing: await fetchKeyRing(apiUrl) };
  const beats = leaseHeartbeats(`${apiUrl}${paths[door].heartbeat}`, claims, keys);
  const by = `Latchkey, ${door}`;
  return { by, pid: pids.api(), beats, showsFirst: true, countedAs: "steps" };
};

const floor = async (context: Context): Promise<Contestant> => {
  const { url, pid, ...keys } = await context.references.floor();
  const beats = leaseHeartbeats(`${url}/heartbeat`, await holdSeats(context), keys);
  return { by: "floor", pid, beats, showsFirst: true, countedAs: "steps" };
};

const hello = async (context: Context, by: string, leases: readonly string[]) => {
  const { url, pid } = await context.references.hello(by);
  const beats = hellos(`${url}${paths.tRPC.heartbeat}`, leases);
  return { by, pid, beats, showsFirst: false, countedAs: null } satisfies Contestant;
};

const textbook = async (context: Context, library: TokenLibrary) => {
  const started = await context.references.textbook(library);
  const beats = await textbookHeartbeats(context, started);
  const by = textbookBy(library);
  return {
    by,
    pid: started.pid,
    beats,
    showsFirst: false,
    countedAs: "textbookSteps",
  } satisfies Contestant;
};

const beat = async (context: Context, contestant: Contestant): Promise<void> => {
  const { by, pid, beats, showsFirst, countedAs } = contestant;
  const { sizes, signal, acknowledged } = context;
  if (showsFirst) await context.load({ measurement: firstMeasurement, by }, pid, beats.first);
  else {
    const { connections } = sizes;
    await runLoad(beats.first, { connections, signal, onProgress: () => undefined });
  }
  await context.load({ measurement, by }, pid, beats.following);
  if (countedAs !== null) acknowledged[countedAs] += beats.first.count + beats.following.count;
};

/**
 * Durable heartbeats: Latchkey by both doors beside its references. All sessions are there before the first turn and
 * all answers judged after the last one, so that the turns follow each other closely. What warms up is not judged.
 */
export const measureHeartbeats = async (context: Context, round: number): Promise<void> => {
  const lastSaid = await holdSeats(context);
  const signer = await signerOf(context, lastSaid);
  const leases = lastSaid.map((claims, index) =>
    signLease(signer, { ...claims, nonce: nonceOf(index) }),
  );
  const contestants = [
    await floor(context),
    await latchkey(context, "REST"),
    await hello(context, "tRPC hello", leases),
    await latchkey(context, "tRPC"),
    await hello(context, "tRPC hello, a second process", leases),
    await textbook(context, "jsonwebtoken"),
    await textbook(context, "jose"),
  ];
  for (const contestant of inTurn(contestants, round)) await beat(context, contestant);
  if (round <= 0) return;
  context.progress.show("judging all answers");
  for (const { beats } of contestants) beats.check();
};
