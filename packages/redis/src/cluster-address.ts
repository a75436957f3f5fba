import type { ClusterNode, RedisOptions } from "ioredis";

/** How to reach a Cluster: a node to ask for the others, and what each of them is told. */
export interface ClusterAddress {
  readonly node: ClusterNode;
  readonly credentials: Pick<RedisOptions, "username" | "password" | "tls">;
}

/**
 * How often to look at the Cluster: a master that died leaves ioredis' pool, and only a look brings it back.
 */
export const clusterLookMs = 1000;

/** Reads the URL of any node as ioredis reads that of a single server: redis:// or rediss://. */
export const readClusterUrl = (url: string): ClusterAddress => {
  const { hostname, port, username, password, protocol } = new URL(url);
  return {
    node: { host: hostname, port: Number(port || 6379) },
    credentials: {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === "rediss:" && { tls: {} }),
    },
  };
};
