import { setTimeout as sleep } from "node:timers/promises";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { signLease } from "@latchkey/license-crypto/sign";
import { openConnection } from "../connection.ts";
import type { Context } from "../context.ts";
import { timed } from "../load.ts";
import type { Timed, Work } from "../load.ts";
import type { SeededLicense } from "../seed.ts";
import { demandLease, fetchKeyRing, heldSeatIn, leaseIn, nonceOf, paths } from "../workloads.ts";

const measurement = "clients back after an outage";
const licensesHeld = 100;
/** One in so many still tries a heartbeat; the others have given those up and acquire again, as the SDK does. */
const heartbeatEvery = 5;
const steadyShare = 0.2;
const outageMs = 1000;
const retryMs = 500;
/** How long the SDK waits for an answer. */
const clientPatienceMs = 7000;

interface Client {
  readonly path: string;
  readonly body: string;
  readonly claims: LeaseClaims;
}

const seedClients = async ({ vendor, sizes, acknowledged }: Context): Promise<Client[]> => {
  const { acquire, heartbeat } = paths.REST;
  const licenses = await vendor.licenses(licensesHeld, sizes.returning);
  const clients: Client[] = [];
  const toClient = async (
    { licenseKey, productId, fingerprints }: SeededLicense,
    claims: LeaseClaims,
    index: number,
  ): Promise<Client> => {
    const nonce = nonceOf(clients.length);
    if (clients.length % heartbeatEvery === 0) {
      const lease = signLease(await vendor.signerOf(productId), claims);
      return { path: heartbeat, body: JSON.stringify({ lease, nonce }), claims };
    }
    const body = JSON.stringify({ licenseKey, fingerprint: fingerprints[index], nonce });
    return { path: acquire, body, claims };
  };
  for (const license of licenses) {
    for (const [index, claims] of (await vendor.hold(license)).entries()) {
      clients.push(await toClient(license, claims, index));
    }
  }
  acknowledged.sessions += clients.length;
  return clients;
};

const isServed = (status: number, body: string): boolean =>
  status === 200 && leaseIn(body) !== undefined;

const checkAnswers = async (
  { servers }: Context,
  clients: readonly Client[],
  answers: ReadonlyMap<Client, string>,
): Promise<void> => {
  const keyRing = await fetchKeyRing(servers.apiUrl);
  for (const client of clients) {
    const { aud, sid } = client.claims;
    demandLease(keyRing, heldSeatIn(answers.get(client) ?? "").lease, { aud, sid });
  }
};

/** The same requests over the usual connections, while nothing is wrong. */
const measureSteady = async (context: Context, clients: readonly Client[]): Promise<void> => {
  const { servers, acknowledged } = context;
  const answers = new Map<Client, string>();
  const work: Work = {
    url: servers.apiUrl,
    count: clients.length,
    pathOf: (index) => clients[index]?.path ?? "",
    bodyOf: (index) => clients[index]?.body ?? "",
    accepts: (status, body, index) => {
      const client = clients[index];
      if (client) answers.set(client, body);
      return isServed(status, body);
    },
  };
  await context.load({ measurement, by: "steady rate" }, servers.pids.api(), work);
  acknowledged.steps += clients.length;
  await checkAnswers(context, clients, answers);
};

interface Returned extends Timed {
  readonly answers: ReadonlyMap<Client, string>;
  readonly refused: number;
  readonly hungUp: number;
  readonly slowestMs: number;
  readonly late: number;
}

/**
 * All clients at once, a connection each; who is hung up on or told that the server is not available comes again a
 * little later. Rejects for any other answer, and with the signal's reason.
 */
const returnAll = (
  { servers, signal }: Context,
  clients: readonly Client[],
  onProgress: (done: number) => void,
): Promise<Returned> =>
  new Promise((resolve, reject) => {
    const origin = new URL(servers.apiUrl);
    const answers = new Map<Client, string>();
    const latenciesMs: number[] = [];
    let refused = 0;
    let hungUp = 0;
    const startedMs = performance.now();
    const abort = () => reject(new Error("stopped"));
    signal.addEventListener("abort", abort, { once: true });

    const finish = (): void => {
      signal.removeEventListener("abort", abort);
      const slowestMs = performance.now() - startedMs;
      const late = latenciesMs.filter((latencyMs) => latencyMs > clientPatienceMs).length;
      resolve({ ...timed(latenciesMs, slowestMs), answers, refused, hungUp, slowestMs, late });
    };
    const comeBack = (client: Client): void => {
      const again = (): void => void setTimeout(comeBack, Math.random() * retryMs, client);
      const connection = openConnection(origin, {
        onAnswer: ({ status, body }) => {
          connection.close();
          if (status === 503) {
            refused += 1;
            return again();
          }
          if (!isServed(status, body)) {
            return reject(new Error(`${client.path} answered ${status}: ${body.slice(0, 500)}`));
          }
          answers.set(client, body);
          latenciesMs.push(performance.now() - startedMs);
          onProgress(answers.size);
          if (answers.size === clients.length) finish();
        },
        onBroken: () => {
          hungUp += 1;
          again();
        },
      });
      connection.post(client.path, client.body);
    };
    for (const client of clients) comeBack(client);
  });

/**
 * The API is killed and comes back, and all clients with it, at once; against the rate of the same requests while
 * nothing is wrong.
 */
export const measureOutages = async (context: Context): Promise<void> => {
  const { servers, signal, progress, acknowledged, sizes } = context;
  const clients = await seedClients(context);
  await measureSteady(context, clients.slice(0, Math.ceil(clients.length * steadyShare)));
  progress.show("the API is killed");
  await servers.killApi();
  await sleep(outageMs, undefined, { signal });
  await servers.restartApi();
  const subject = { measurement, by: "all at once" };
  let returned: Returned | null = null;
  await context.measure(subject, servers.pids.api(), async (onProgress) => {
    returned = await returnAll(context, clients, onProgress);
    return returned;
  });
  if (returned === null) return;
  const { answers, refused, hungUp, slowestMs, late }: Returned = returned;
  acknowledged.steps += clients.length;
  acknowledged.unanswered += refused + hungUp;
  await checkAnswers(context, clients, answers);
  const name = `${sizes.returning} clients back after an outage`;
  context.note(`${name}: seconds until the last is served`, slowestMs / 1000);
  context.note(`${name}: served later than a client waits`, late);
  context.note(`${name}: tries answered by 503`, refused);
  context.note(`${name}: tries that were hung up on`, hungUp);
};
