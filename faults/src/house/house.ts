/** A whole Latchkey of real processes, each of which can be killed, frozen and started again. */
import * as fs from "node:fs";
import path from "node:path";
import { systemCall } from "@latchkey/core";
import { migrate } from "@latchkey/db";
import { createFleet } from "@latchkey/fleet";
import type { Fleet, FleetLicense, FleetOptions } from "@latchkey/fleet";
import { aLicense, createCoreOn, testSecret } from "@latchkey/testing/test-core";
import { ensureDatabase, freePort, startPostgres } from "@latchkey/tooling/services";
import postgres from "postgres";
import { startApp } from "./app-process.ts";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";
import { makePlace, sweepKilledHouses } from "./place.ts";
import { startRedisPart } from "./redis-part.ts";
import type { RedisKind, RedisPart } from "./redis-part.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import type { TcpProxy } from "./tcp-proxy.ts";

export interface NodeOptions {
  /** Seconds by which its clock is ahead of the right one; negative behind. */
  readonly clockAheadSeconds?: number;
  /** Whether it reaches PostgreSQL, or the only Redis server, through a proxy of its own. */
  readonly databaseProxied?: boolean;
  readonly redisProxied?: boolean;
  /** Makes the URL by which it reaches PostgreSQL from the right one. */
  readonly databaseVia?: (databaseUrl: string) => Promise<string>;
  /** Environment beside ours, which it overrides. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ApiNode extends Part {
  readonly url: string;
  /** Null where the node was not asked to go through one. */
  readonly databaseProxy: TcpProxy | null;
  readonly redisProxy: TcpProxy | null;
}

export interface HouseOptions {
  /** One server unless told. */
  readonly redis?: RedisKind;
  /** The API's nodes; one with nothing special unless told. */
  readonly nodes?: readonly NodeOptions[];
  /** Whether a worker runs; it does unless told. */
  readonly worker?: boolean;
  /** Seats of the licenses to issue, one license for each; `seatsFor` makes a mix. */
  readonly seats: readonly number[];
  /** Where PostgreSQL keeps its data; beside the rest unless told. The caller removes it. */
  readonly postgresDirectory?: string;
  /** Settings of PostgreSQL beside ours, which they override. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
}

export interface HouseLicense extends FleetLicense {
  readonly licenseId: string;
  /** Where the mails about it go. */
  readonly ownerEmail: string;
}

export interface House {
  readonly postgres: Part;
  /** The superuser's, straight to the server: not row-level security nor any proxy stands between. */
  readonly sql: postgres.Sql;
  readonly databaseUrl: string;
  readonly redis: RedisPart;
  readonly nodes: readonly ApiNode[];
  /** The first node. */
  readonly api: ApiNode;
  readonly worker: Part | null;
  readonly licenses: readonly HouseLicense[];
  /** Issues one more license through the real verb, past the API; it never ends unless told. */
  issue(terms: { readonly maxSeats: number; readonly paidUntil?: Date }): Promise<HouseLicense>;
  /** A fleet on all nodes and licenses. */
  fleet(options: Pick<FleetOptions, "machines" | "seed"> & Partial<FleetOptions>): Promise<Fleet>;
  /** The newest of what the API and the worker printed, errors alone. */
  printed(): string;
  /** Stops everything and removes the data. */
  close(): Promise<void>;
}

/**
 * What the kernel was given survives a killed server, so commits wait for that and not for the disk:
 * nothing here takes the power away.
 */
const killSafe = { synchronous_commit: "on", full_page_writes: "on" };
const SPEED = 60;
const PRINTED_KEPT = 20_000;

/** Seats for `licenses` licenses of `machines` machines: every fourth has too few, the others more than enough. */
export const seatsFor = (machines: number, licenses: number): number[] => {
  const each = Math.ceil(machines / licenses);
  return Array.from({ length: licenses }, (_, index) =>
    index % 4 === 0 ? Math.max(1, Math.floor(each * 0.8)) : each + 2,
  );
};

const through = async (proxied: boolean, url: string): Promise<[string, TcpProxy | null]> => {
  if (!proxied) return [url, null];
  const target = new URL(url);
  const proxy = await startTcpProxy(Number(target.port));
  target.port = String(proxy.port);
  return [target.href, proxy];
};

/** Starts PostgreSQL, Redis, the API and the worker, issues the licenses, and waits until all are ready. */
export const startHouse = async (options: HouseOptions): Promise<House> => {
  const {
    nodes: nodeOptions = [{}],
    redis: redisKind = "single",
    worker: withWorker = true,
  } = options;
  await sweepKilledHouses();
  const place = makePlace();
  const closing: (() => Promise<unknown>)[] = [
    async () => fs.rmSync(place, { recursive: true, force: true }),
  ];
  let printed = "";
  const onPrinted = (text: string): void => {
    printed = `${printed}${text}`.slice(-PRINTED_KEPT);
  };
  const parts: Part[] = [];
  const close = async (): Promise<void> => {
    // A test that failed may have left one frozen, and the others wait for its goodbye.
    for (const part of parts) part.thaw();
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const keep = async <Kept extends Part>(part: Kept): Promise<Kept> => {
    parts.push(part);
    closing.push(() => (part.isUp() ? part.stop() : part.kill()));
    await part.start();
    return part;
  };

  try {
    const postgresPort = await freePort();
    let serverUrl = "";
    const startServer = async () => {
      const server = await startPostgres({
        directory: options.postgresDirectory ?? path.join(place, "postgres"),
        purpose: "test",
        port: postgresPort,
        settings: { ...killSafe, ...options.postgresSettings },
      });
      serverUrl = server.url;
      return server;
    };
    const [database, redis] = await Promise.all([
      keep(createPart(startServer)),
      startRedisPart(redisKind, path.join(place, "redis")).then(keep),
    ]);
    const databaseUrl = await ensureDatabase(serverUrl, "latchkey");
    await migrate(databaseUrl);
    const sql = postgres(databaseUrl, { max: 2, onnotice: () => undefined });
    closing.push(() => sql.end({ timeout: 1 }));

    const world = await createCoreOn({
      databaseUrl,
      redisUrl: redis.url,
      cluster: redis.kind === "cluster",
    });
    closing.push(world.close);
    const product = await world.core.catalog.getProduct(systemCall("faults"), "latch");
    const issue: House["issue"] = async ({ maxSeats, paidUntil = null }) => {
      const terms = { maxSeats, maxMachines: null, paidUntil };
      const { licenseId, licenseKey, owner } = await aLicense(world, terms);
      return { licenseId, licenseKey, maxSeats, ownerEmail: owner.email };
    };
    const licenses: HouseLicense[] = [];
    for (const maxSeats of options.seats) licenses.push(await issue({ maxSeats }));

    const ports: number[] = [];
    for (const _node of nodeOptions) ports.push(await freePort());
    const common = {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis.url,
      REDIS_CLUSTER: String(redis.kind === "cluster"),
      LATCHKEY_MODE: "sandbox",
      LATCHKEY_SECRET: testSecret,
      // Leases name it as their issuer, so it is one for all nodes.
      LATCHKEY_PUBLIC_URL: `http://localhost:${ports[0]}`,
      LOG_LEVEL: "error",
    };
    const startNode = async (node: NodeOptions, port: number): Promise<ApiNode> => {
      const { clockAheadSeconds = 0, databaseProxied = false, redisProxied = false } = node;
      const [nodeDatabaseUrl, databaseProxy] = await through(databaseProxied, databaseUrl);
      const [nodeRedisUrl, redisProxy] = await through(redisProxied, redis.url);
      for (const proxy of [databaseProxy, redisProxy]) {
        if (proxy !== null) closing.push(() => proxy.close());
      }
      const url = `http://127.0.0.1:${port}`;
      const env = {
        ...common,
        DATABASE_URL: (await node.databaseVia?.(databaseUrl)) ?? nodeDatabaseUrl,
        REDIS_URL: nodeRedisUrl,
        PORT: String(port),
        CLOCK_AHEAD_SECONDS: String(clockAheadSeconds),
        ...node.env,
      };
      const part = await keep(
        createPart(() =>
          startApp({ name: "api", env, readyUrl: `${url}/health/ready`, onPrinted }),
        ),
      );
      return { ...part, url, databaseProxy, redisProxy };
    };
    const [nodes, worker] = await Promise.all([
      Promise.all(nodeOptions.map((node, index) => startNode(node, ports[index] ?? 0))),
      withWorker
        ? keep(
            createPart(() => startApp({ name: "worker", env: common, readyUrl: null, onPrinted })),
          )
        : null,
    ]);
    const [api] = nodes;
    if (api === undefined) throw new Error("A house has at least one API node.");

    return {
      postgres: database,
      sql,
      databaseUrl,
      redis,
      nodes,
      api,
      worker,
      licenses,
      issue,
      fleet: async (fleetOptions) => {
        const keys = await fetch(`${api.url}/.well-known/jwks.json`);
        return createFleet({
          hosts: nodes.map(({ url }) => url),
          product: product.id,
          publicKeys: await keys.json(),
          licenses,
          speed: SPEED,
          behaviour: {
            churnPerMinute: 1,
            crashPerMinute: 0.1,
            sleepPerMinute: 0,
            partitionPerMinute: 0,
          },
          ...fleetOptions,
        });
      },
      printed: () => printed,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
