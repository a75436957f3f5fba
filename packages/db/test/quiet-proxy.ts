/** Stands between a client and PostgreSQL, and can swallow all that passes, as a broken network does. */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { certificate, privateKey } from "./certificate.ts";

export interface QuietProxy {
  /** The database's URL by way of the proxy. */
  readonly url: string;
  /** From now on nothing passes in either direction; connections stay open, new ones are accepted. */
  hush(): void;
  /** Lets pass what was held back, and all that follows. */
  speak(): void;
  /** Hangs up on everybody, without PostgreSQL's farewell. */
  hangUp(): void;
  close(): Promise<void>;
}

/** `secure` answers TLS as PostgreSQL does, with a certificate that nobody has signed. */
export const startQuietProxy = async (
  databaseUrl: string,
  { secure = false }: { readonly secure?: boolean } = {},
): Promise<QuietProxy> => {
  const url = new URL(databaseUrl);
  const target = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<net.Socket>();
  let quiet = false;

  const join = (from: net.Socket, to: net.Socket): void => {
    sockets.add(from);
    from.on("data", (chunk: Buffer) => to.write(chunk));
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    if (quiet) from.pause();
  };
  const server = net.createServer((client) => {
    const upstream = net.connect(target);
    sockets.add(client);
    client.on("error", () => undefined);
    const joined = (socket: net.Socket): void => {
      join(socket, upstream);
      join(upstream, socket);
    };
    if (!secure) return joined(client);
    client.once("data", () => {
      client.write("S");
      joined(new tls.TLSSocket(client, { isServer: true, cert: certificate, key: privateKey }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  url.hostname = "localhost";
  url.port = String(address.port);
  return {
    url: url.href,
    hush: () => {
      quiet = true;
      for (const socket of sockets) socket.pause();
    },
    speak: () => {
      quiet = false;
      for (const socket of sockets) socket.resume();
    },
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};
