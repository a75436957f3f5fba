import path from "node:path";
import {
  formRedisCluster,
  freePort,
  startRedis,
  startRedisClusterNode,
} from "@latchkey/tooling/services";
import { Cluster, Redis } from "ioredis";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";

export type RedisKind = "single" | "cluster";

/** All of a house's Redis: one server, or a Cluster of three masters. */
export interface RedisPart extends Part {
  readonly kind: RedisKind;
  /** Of the only server, or of one node. */
  readonly url: string;
  /** One for each server; the Cluster's can be disturbed one by one. */
  readonly servers: readonly Part[];
  /** Runs `work` on each server, past every proxy, and answers what each said. */
  onEach<Result>(work: (server: Redis) => Promise<Result>): Promise<Result[]>;
  /** A client of the whole, past every proxy. */
  connect(): Redis | Cluster;
  /** Where the only server keeps its data; a snapshot is `dump.rdb` in it. */
  readonly directory: string;
}

const MASTERS = 3;

const onEachPart = (parts: readonly Part[]): Part => ({
  start: async () => void (await Promise.all(parts.map((part) => part.start()))),
  stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
  kill: async () => void (await Promise.all(parts.map((part) => part.kill()))),
  freeze: () => parts.forEach((part) => part.freeze()),
  thaw: () => parts.forEach((part) => part.thaw()),
  isUp: () => parts.every((part) => part.isUp()),
});

const once = async <Result>(port: number, work: (server: Redis) => Promise<Result>) => {
  const server = new Redis(port, "127.0.0.1", { maxRetriesPerRequest: 3 });
  // A lost connection is what the command below rejects with.
  server.on("error", () => undefined);
  try {
    return await work(server);
  } finally {
    server.disconnect();
  }
};

const singleServer = async (directory: string) => {
  const port = await freePort();
  const part = createPart(() => startRedis({ directory, port, purpose: "test" }));
  await part.start();
  return { ports: [port], parts: [part] };
};

const cluster = async (directory: string) => {
  const nodes = [];
  for (let index = 0; index < MASTERS; index += 1) {
    const place = path.join(directory, `node-${index}`);
    nodes.push({ directory: place, port: await freePort(), busPort: await freePort() });
  }
  const parts = nodes.map((node) => createPart(() => startRedisClusterNode(node)));
  await Promise.all(parts.map((part) => part.start()));
  await formRedisCluster(nodes);
  return { ports: nodes.map(({ port }) => port), parts };
};

/** Starts the Redis of a house; nothing of it is kept on disk but what a test saves. */
export const startRedisPart = async (kind: RedisKind, directory: string): Promise<RedisPart> => {
  const { ports, parts } = await (kind === "single" ? singleServer(directory) : cluster(directory));
  const [port = 0] = ports;
  return {
    ...onEachPart(parts),
    kind,
    url: `redis://127.0.0.1:${port}`,
    servers: parts,
    onEach: (work) => Promise.all(ports.map((each) => once(each, work))),
    connect: () =>
      kind === "single"
        ? new Redis(port, "127.0.0.1")
        : new Cluster(ports.map((each) => ({ host: "127.0.0.1", port: each }))),
    directory,
  };
};
