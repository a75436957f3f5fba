/** A Redis Cluster of masters alone on 127.0.0.1, for tests: no replica takes over when one of them dies. */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./free-port.ts";
import { startRedis } from "./redis.ts";
import type { RunningService } from "./running-service.ts";

export interface RedisClusterNode {
  /** Keeps the node's place in its cluster between starts. */
  readonly directory: string;
  readonly port: number;
  /** Where the nodes talk to each other. */
  readonly busPort: number;
}

const SLOTS = 16_384;
/** After so many ms of silence a node counts as failed. Short, so that tests see it happen. */
const NODE_TIMEOUT_MS = 1_000;
const FORMING_WITHIN_MS = 20_000;

/** Starts one node on its port. Throws OperatorError when it cannot start. */
export const startRedisClusterNode = ({
  directory,
  port,
  busPort,
}: RedisClusterNode): Promise<RunningService> =>
  startRedis({
    directory,
    port,
    purpose: "test",
    settings: Object.entries({
      "cluster-enabled": "yes",
      "cluster-announce-ip": "127.0.0.1",
      "cluster-port": String(busPort),
      "cluster-node-timeout": String(NODE_TIMEOUT_MS),
    }).flatMap(([name, value]) => [`--${name}`, value]),
  });

/** Shares all slots out to the nodes, which run and know nothing yet, and waits until they agree. */
export const formRedisCluster = async (nodes: readonly RedisClusterNode[]): Promise<void> => {
  const clients = nodes.map(({ port }) => new Redis(port, "127.0.0.1"));
  const ofNode = (index: number): number => Math.ceil((index * SLOTS) / nodes.length);
  try {
    for (const [index, client] of clients.entries()) {
      await client.call("CLUSTER", "SET-CONFIG-EPOCH", index + 1);
      await client.call("CLUSTER", "ADDSLOTSRANGE", ofNode(index), ofNode(index + 1) - 1);
    }
    const [first] = clients;
    for (const { port, busPort } of nodes.slice(1)) {
      await first?.call("CLUSTER", "MEET", "127.0.0.1", port, busPort);
    }
    const agree = async (client: Redis): Promise<boolean> => {
      const info = await client.cluster("INFO");
      return (
        info.includes("cluster_state:ok") && info.includes(`cluster_known_nodes:${nodes.length}`)
      );
    };
    for (let waitedMs = 0; ; waitedMs += 50) {
      if ((await Promise.all(clients.map(agree))).every(Boolean)) return;
      if (waitedMs > FORMING_WITHIN_MS) throw new Error("The Redis Cluster did not form.");
      await sleep(50);
    }
  } finally {
    for (const client of clients) client.disconnect();
  }
};

/** Starts a Redis Cluster on free ports; `url` names its first node. Throws OperatorError when it cannot start. */
export const startRedisCluster = async ({
  directory,
  masters = 3,
}: {
  readonly directory: string;
  readonly masters?: number;
}): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const started: RunningService[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop()));
  };
  try {
    const nodes: RedisClusterNode[] = [];
    for (let index = 0; index < masters; index += 1) {
      const node = {
        directory: path.join(directory, `node-${index}`),
        port: await freePort(),
        busPort: await freePort(),
      };
      started.push(await startRedisClusterNode(node));
      nodes.push(node);
    }
    await formRedisCluster(nodes);
    return { url: `redis://127.0.0.1:${nodes[0]?.port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
