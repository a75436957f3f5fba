import * as fs from "node:fs";
import path from "node:path";
import {
  formRedisCluster,
  freePort,
  startRedis,
  startRedisClusterNode,
} from "@latchkey/tooling/services";
import { Redis } from "ioredis";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";

export type RedisKind = "single" | "cluster";

const MASTERS = 3;

/** All of a house's Redis: one server, or a Cluster of three masters. */
export interface RedisPart extends Part {
  readonly kind: RedisKind;
  /** Of the only server, or of one node. */
  readonly url: string;
  /** Of all its servers, on 127.0.0.1. */
  readonly ports: readonly number[];
  /** One for each server; the Cluster's can be disturbed one by one. */
  readonly servers: readonly Part[];
  /** Runs `work` on each server, past every proxy, and answers what each said. */
  onEach<Result>(work: (server: Redis) => Promise<Result>): Promise<Result[]>;
  /** Writes down all that it holds now. */
  save(): Promise<void>;
  /** Kills it and starts it anew with what was saved, as after a restore from a backup. */
  restore(): Promise<void>;
}

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
  return { directories: [directory], ports: [port], parts: [part] };
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
  return {
    directories: nodes.map((node) => node.directory),
    ports: nodes.map(({ port }) => port),
    parts,
  };
};

/** Starts the Redis of a house; nothing of it is kept on disk but what a test saves. */
export const startRedisPart = async (kind: RedisKind, directory: string): Promise<RedisPart> => {
  const { directories, ports, parts } = await (kind === "single"
    ? singleServer(directory)
    : cluster(directory));
  const part = onEachPart(parts);
  const onEach: RedisPart["onEach"] = (work) => Promise.all(ports.map((port) => once(port, work)));
  return {
    ...part,
    kind,
    url: `redis://127.0.0.1:${ports[0]}`,
    ports,
    servers: parts,
    onEach,
    save: async () => void (await onEach((server) => server.save())),
    restore: async () => {
      await part.kill();
      await part.start();
      // Read by now: a later start shall not bring it back once more.
      for (const place of directories) fs.rmSync(path.join(place, "dump.rdb"));
    },
  };
};
