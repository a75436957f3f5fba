/** The nodes of the API and the worker of a house: the real programs, each with its own way to the servers. */
import { testSecret } from "@latchkey/testing/test-core";
import { freePort } from "@latchkey/tooling/services";
import { startApp } from "./app-process.ts";
import { createPart } from "./part.ts";
import type { Part } from "./part.ts";
import type { RedisPart } from "./redis-part.ts";
import { startSeverableNetwork } from "./severable-network.ts";
import type { SeverableNetwork } from "./severable-network.ts";
import { startTcpProxy } from "./tcp-proxy.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { Upkeep } from "./upkeep.ts";

interface NodeOptions {
  /** Seconds by which its clock is ahead of the right one; negative behind. */
  readonly clockAheadSeconds?: number;
  /** Whether it reaches each server of Redis through a proxy of its own. */
  readonly redisProxied?: boolean;
  /** Whether it reaches PostgreSQL over a network that can be severed; one node of a house at most. */
  readonly databaseSeverable?: boolean;
  /** Environment beside ours, which it overrides. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ApiNode extends Part {
  readonly url: string;
  /** Its wires to the servers of Redis, none where it was not asked to have any. */
  readonly redisProxies: readonly TcpProxy[];
  /** Null where the node was not asked to have one. */
  readonly databaseNetwork: SeverableNetwork | null;
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
  /** Of the house: its programs name it, so that they can be found. */
  readonly place: string;
  readonly databaseUrl: string;
  /** Where PostgreSQL listens at a Unix domain socket. */
  readonly socketDirectory: string;
  readonly redis: Pick<RedisPart, "kind" | "url" | "ports">;
}

const PRINTED_KEPT = 20_000;

/** Starts the nodes and the worker, and waits until the nodes are ready. */
export const startApps = async (
  { nodes = [{}], worker = true }: AppsOptions,
  { place, databaseUrl, socketDirectory, redis }: Servers,
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
    const { clockAheadSeconds = 0, databaseSeverable = false, redisProxied = false } = node;
    const redisProxies = await Promise.all((redisProxied ? redis.ports : []).map(startTcpProxy));
    const databaseNetwork = databaseSeverable
      ? await startSeverableNetwork(databaseUrl, socketDirectory)
      : null;
    for (const each of [...redisProxies, databaseNetwork]) {
      if (each !== null) upkeep.atEnd(each.close);
    }
    const url = `http://127.0.0.1:${port}`;
    const env = {
      ...common,
      DATABASE_URL: databaseNetwork?.url ?? databaseUrl,
      REDIRECTED_PORTS: redisProxies
        .map(({ targetPort, port: proxyPort }) => `${targetPort}:${proxyPort}`)
        .join(","),
      PORT: String(port),
      CLOCK_AHEAD_SECONDS: String(clockAheadSeconds),
      ...node.env,
    };
    const readyUrl = `${url}/health/ready`;
    const start = () => startApp({ name: "api", place, env, readyUrl, onPrinted });
    return { ...(await upkeep.keep(createPart(start))), url, redisProxies, databaseNetwork };
  };
  const startWorker = (): Promise<Part> =>
    upkeep.keep(
      createPart(() => startApp({ name: "worker", place, env: common, readyUrl: null, onPrinted })),
    );

  const [startedNodes, startedWorker] = await Promise.all([
    Promise.all(nodes.map((node, index) => startNode(node, ports[index] ?? 0))),
    worker ? startWorker() : null,
  ]);
  return { nodes: startedNodes, worker: startedWorker, printed: () => printed };
};
