/** The nodes of the API and the worker of a house: the real programs, each with its own way to the servers. */
import { testSecret } from "@latchkey/testing/test-core";
import { freePort } from "@latchkey/tooling/services";
import { startApp } from "./app-process.ts";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";
import type { RedisPart } from "./redis-part.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { Upkeep } from "./upkeep.ts";

interface NodeOptions {
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

export interface AppsOptions {
  /** The API's nodes; one with nothing special unless told. */
  readonly nodes?: readonly NodeOptions[];
  /** Whether a worker runs; it does unless told. */
  readonly worker?: boolean;
}

interface Apps {
  readonly nodes: readonly ApiNode[];
  readonly worker: Part | null;
  /** The newest of what they printed. */
  printed(): string;
}

interface Servers {
  readonly databaseUrl: string;
  readonly redis: Pick<RedisPart, "kind" | "url">;
}

const PRINTED_KEPT = 20_000;

const through = async (proxied: boolean, url: string): Promise<[string, TcpProxy | null]> => {
  if (!proxied) return [url, null];
  const target = new URL(url);
  const proxy = await startTcpProxy(Number(target.port));
  target.port = String(proxy.port);
  return [target.href, proxy];
};

/** Starts the nodes and the worker, and waits until the nodes are ready. */
export const startApps = async (
  { nodes = [{}], worker = true }: AppsOptions,
  { databaseUrl, redis }: Servers,
  upkeep: Upkeep,
): Promise<Apps> => {
  let printed = "";
  const onPrinted = (text: string): void => {
    printed = `${printed}${text}`.slice(-PRINTED_KEPT);
  };
  const ports: number[] = [];
  for (const _node of nodes) ports.push(await freePort());
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
      if (proxy !== null) upkeep.atEnd(() => proxy.close());
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
    const readyUrl = `${url}/health/ready`;
    const start = () => startApp({ name: "api", env, readyUrl, onPrinted });
    return { ...(await upkeep.keep(createPart(start))), url, databaseProxy, redisProxy };
  };
  const startWorker = (): Promise<Part> =>
    upkeep.keep(
      createPart(() => startApp({ name: "worker", env: common, readyUrl: null, onPrinted })),
    );

  const [startedNodes, startedWorker] = await Promise.all([
    Promise.all(nodes.map((node, index) => startNode(node, ports[index] ?? 0))),
    worker ? startWorker() : null,
  ]);
  return { nodes: startedNodes, worker: startedWorker, printed: () => printed };
};
