/** A whole Latchkey of real processes, each of which can be killed, frozen and started again. */
import * as fs from "node:fs";
import path from "node:path";
import { systemCall } from "@latchkey/core";
import { migrate } from "@latchkey/db";
import { createFleet } from "@latchkey/fleet";
import type { Fleet, FleetLicense, FleetOptions } from "@latchkey/fleet";
import { aLicense, createCoreOn } from "@latchkey/testing/test-core";
import { ensureDatabase, freePort, startPostgres } from "@latchkey/tooling/services";
import postgres from "postgres";
import { startApps } from "./apps.ts";
import type { ApiNode, AppsOptions } from "./apps.ts";
import { startCaretaker } from "./caretaker.ts";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";
import { diskDirectory, makePlace, redisDirectory, sweepKilledHouses } from "./place.ts";
import { startRedisPart } from "./redis-part.ts";
import type { RedisKind, RedisPart } from "./redis-part.ts";
import { mountDisk } from "./small-disk.ts";
import { createUpkeep } from "./upkeep.ts";

export interface HouseOptions extends AppsOptions {
  /** One server unless told. */
  readonly redis?: RedisKind;
  /** Seats of the licenses to issue, one license for each; `seatsFor` makes a mix. */
  readonly seats: readonly number[];
  /** Size of a disk of its own for PostgreSQL, which `whyNoDisk` says whether this machine can have. */
  readonly postgresDiskMegabytes?: number;
  /** Settings of PostgreSQL beside ours, which they override. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
}

export interface HouseLicense extends FleetLicense {
  readonly licenseId: string;
  /** Where the mails about it go. */
  readonly ownerEmail: string;
}

export interface House {
  /** The directory of all that it keeps. */
  readonly place: string;
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

/** Seats for `licenses` licenses of `machines` machines: every fourth has too few, the others more than enough. */
export const seatsFor = (machines: number, licenses: number): number[] => {
  const each = Math.ceil(machines / licenses);
  return Array.from({ length: licenses }, (_, index) =>
    index % 4 === 0 ? Math.max(1, Math.floor(each * 0.8)) : each + 2,
  );
};

/** Starts PostgreSQL, Redis, the API and the worker, issues the licenses, and waits until all are ready. */
export const startHouse = async (options: HouseOptions): Promise<House> => {
  await sweepKilledHouses();
  const place = makePlace();
  const upkeep = createUpkeep();
  upkeep.atEnd(startCaretaker(place).dismiss);

  try {
    const { postgresDiskMegabytes } = options;
    const disk = postgresDiskMegabytes === undefined ? place : diskDirectory(place);
    if (postgresDiskMegabytes !== undefined) mountDisk(disk, postgresDiskMegabytes);
    const socketDirectory = path.join(place, "socket");
    fs.mkdirSync(socketDirectory);
    fs.chmodSync(socketDirectory, 0o777);
    const postgresPort = await freePort();
    let serverUrl = "";
    const startServer = async () => {
      const server = await startPostgres({
        directory: path.join(disk, "postgres"),
        purpose: "test",
        port: postgresPort,
        settings: {
          ...killSafe,
          unix_socket_directories: socketDirectory,
          ...options.postgresSettings,
        },
      });
      serverUrl = server.url;
      return server;
    };
    const [database, redis] = await Promise.all([
      upkeep.keep(createPart(startServer)),
      startRedisPart(options.redis ?? "single", redisDirectory(place)).then(upkeep.keep),
    ]);
    const databaseUrl = await ensureDatabase(serverUrl, "latchkey");
    await migrate(databaseUrl);
    const sql = postgres(databaseUrl, { max: 2, onnotice: () => undefined });
    upkeep.atEnd(() => sql.end({ timeout: 1 }));

    const world = await createCoreOn({
      databaseUrl,
      redisUrl: redis.url,
      cluster: redis.kind === "cluster",
    });
    upkeep.atEnd(world.close);
    const product = await world.core.catalog.getProduct(systemCall("faults"), "latch");
    const issue: House["issue"] = async ({ maxSeats, paidUntil = null }) => {
      const terms = { maxSeats, maxMachines: null, paidUntil };
      const { licenseId, licenseKey, owner } = await aLicense(world, terms);
      return { licenseId, licenseKey, maxSeats, ownerEmail: owner.email };
    };
    const licenses: HouseLicense[] = [];
    for (const maxSeats of options.seats) licenses.push(await issue({ maxSeats }));

    const servers = { place, databaseUrl, socketDirectory, redis };
    const { nodes, worker, printed } = await startApps(options, servers, upkeep);
    const [api] = nodes;
    if (api === undefined) throw new Error("A house has at least one API node.");

    return {
      place,
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
      printed,
      close: upkeep.close,
    };
  } catch (error) {
    await upkeep.close();
    throw error;
  }
};
