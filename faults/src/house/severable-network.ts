/**
 * The network between an API node and PostgreSQL, which can stop delivering: nothing is refused or reset, packets are
 * gone, in both directions, and both ends keep their connections for as long as they believe in them.
 *
 * Where this machine permits (root, network namespaces, iproute2), PostgreSQL is reached through a namespace of its
 * own over a pair of virtual Ethernet cards; severed, each end sends to a hardware address that nobody has, and the
 * kernel's TCP does what it does between two machines. Elsewhere a pausing proxy stands in.
 */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import path from "node:path";
import { startTcpProxy } from "./tcp-proxy.ts";

export interface SeverableNetwork {
  readonly kind: "network namespace" | "pausing proxy";
  /** The URL of the database by way of this network. */
  readonly url: string;
  sever(): void;
  heal(): void;
  close(): Promise<void>;
}

const NOBODY = "02:00:00:00:00:99";
const NEAR = { mac: "02:00:00:00:00:01", host: 1 };
const FAR = { mac: "02:00:00:00:00:02", host: 2 };

const ip = (...args: string[]): string =>
  execFileSync("ip", args, { encoding: "utf8", stdio: "pipe" });

const namespaceOf = (pid: number): string => `latchkey-faults-${pid}`;

/** Stands as long as the namespace of the process `pid` does. */
export const namespaceFile = (pid: number): string => `/run/netns/${namespaceOf(pid)}`;

/** Removes the network that the process `pid` made and could not remove, if there is one. */
export const removeNamespaceOf = (pid: number): void => {
  if (!fs.existsSync(namespaceFile(pid))) return;
  ip("netns", "delete", namespaceOf(pid));
};

const startRelay = async (
  namespace: string,
  address: string,
  port: string,
  socketPath: string,
): Promise<ChildProcess> => {
  const program = path.join(import.meta.dirname, "relay.ts");
  const relay = spawn(
    "ip",
    ["netns", "exec", namespace, process.execPath, program, address, port, socketPath],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(relay.stdout, "data");
  return relay;
};

/** Throws where the machine does not permit it; nothing is left behind then. */
const startNamespace = async (
  databaseUrl: string,
  socketDirectory: string,
): Promise<SeverableNetwork> => {
  const namespace = namespaceOf(process.pid);
  const net = `10.213.${process.pid % 256}`;
  const [near, far] = [`lk${process.pid}a`, `lk${process.pid}b`];
  const url = new URL(databaseUrl);
  const socketPath = path.join(socketDirectory, `.s.PGSQL.${url.port}`);
  ip("netns", "add", namespace);
  try {
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace);
    const ends = [
      { at: [], link: near, own: NEAR, other: FAR },
      { at: ["-n", namespace], link: far, own: FAR, other: NEAR },
    ];
    const pointTo = (macOf: (other: typeof NEAR) => string): void => {
      for (const { at, link, other } of ends) {
        const neighbour = [`${net}.${other.host}`, "lladdr", macOf(other), "nud", "permanent"];
        ip(...at, "neigh", "replace", ...neighbour, "dev", link);
      }
    };
    for (const { at, link, own } of ends) {
      ip(...at, "link", "set", link, "address", own.mac);
      ip(...at, "address", "add", `${net}.${own.host}/30`, "dev", link);
      ip(...at, "link", "set", link, "up");
    }
    const heal = (): void => pointTo(({ mac }) => mac);
    heal();
    url.hostname = `${net}.${FAR.host}`;
    const relay = await startRelay(namespace, url.hostname, url.port, socketPath);
    return {
      kind: "network namespace",
      url: url.href,
      sever: () => pointTo(() => NOBODY),
      heal,
      close: async () => {
        const exited = once(relay, "exit");
        relay.kill("SIGKILL");
        await exited;
        ip("netns", "delete", namespace);
      },
    };
  } catch (error) {
    ip("netns", "delete", namespace);
    throw error;
  }
};

const startProxied = async (databaseUrl: string): Promise<SeverableNetwork> => {
  const url = new URL(databaseUrl);
  const proxy = await startTcpProxy(Number(url.port));
  url.port = String(proxy.port);
  return {
    kind: "pausing proxy",
    url: url.href,
    sever: () => proxy.pause(),
    heal: () => proxy.open(),
    close: () => proxy.close(),
  };
};

/** PostgreSQL must listen at a Unix domain socket in `socketDirectory` as well. One for each process. */
export const startSeverableNetwork = async (
  databaseUrl: string,
  socketDirectory: string,
): Promise<SeverableNetwork> => {
  try {
    return await startNamespace(databaseUrl, socketDirectory);
  } catch {
    return startProxied(databaseUrl);
  }
};
