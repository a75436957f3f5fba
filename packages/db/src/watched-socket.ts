import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { z } from "zod";
import { connectionError } from "./connection-error.ts";
import { createReplyMeter } from "./reply-meter.ts";

/** Where to connect and how, as the driver read it from the URL and the environment. */
export interface SocketAddress {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Of a Unix domain socket. */
  readonly path?: string | false | undefined;
  readonly ssl: unknown;
  readonly sslnegotiation?: unknown;
}

const connectWithinMs = 5_000;
const keepAliveAfterMs = 10_000;
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const speaksTls = 0x53; // S

/**
 * Cuts the connection when PostgreSQL owes an answer and has said nothing for `silenceMs`. A process that was
 * itself asleep hears first what came meanwhile: the timer's turn is followed by one for the network.
 */
const cutWhenSilent = (socket: net.Socket, silenceMs: number): void => {
  const meter = createReplyMeter();
  const write = socket.write;
  let lastSignAtMs = 0;
  let watching = false;

  const judge = (): void => {
    if (!meter.owes() || socket.destroyed) {
      watching = false;
      return;
    }
    const leftMs = lastSignAtMs + silenceMs - performance.now();
    if (leftMs > 0) return void setTimeout(look, leftMs).unref();
    const seconds = silenceMs / 1_000;
    socket.destroy(
      connectionError("CONNECTION_SILENT", `PostgreSQL said nothing for ${seconds} s`),
    );
  };
  const look = (): void => void setImmediate(judge);

  socket.on("data", (chunk: Buffer) => {
    lastSignAtMs = performance.now();
    meter.heard(chunk);
  });
  Object.assign(socket, {
    write: (chunk: Buffer, done: (() => void) | undefined): boolean => {
      if (!meter.owes()) lastSignAtMs = performance.now();
      meter.asked(chunk);
      if (!watching) {
        watching = true;
        setTimeout(look, silenceMs).unref();
      }
      return done ? write.call(socket, chunk, "utf8", done) : write.call(socket, chunk);
    },
  });
};

type Emit = (event: string, ...details: unknown[]) => boolean;

/**
 * Tells the driver (postgres.js 3.4.9) of each close in the way that it understands. It rejects what was asked between
 * an error and the close only when it is told that the close had no error; else those queries, and the connection that
 * they would come back on, wait for ever. And a server that hangs up on whoever connects, as a balancer does with
 * nobody behind it, is to the driver no failure: it would connect again at once, without end, and tell nobody. So an
 * error goes before each close that had none.
 */
const tellOfClose = (socket: net.Socket): void => {
  const pass: Emit = socket.emit.bind(socket);
  let told = false;
  const emit: Emit = (event, ...details) => {
    told ||= event === "error";
    if (event !== "close") return pass(event, ...details);
    if (!told && socket.listenerCount("error") > 0) {
      pass("error", connectionError("CONNECTION_CLOSED", "PostgreSQL hung up."));
    }
    return pass(event, false);
  };
  Object.assign(socket, { emit });
};

/** A socket that fails as soon as the driver has hold of it: where the driver's factory throws, it leaks a connection. */
const failedSocket = (error: Error): net.Socket => {
  const socket = new net.Socket();
  setImmediate(() => socket.destroy(error));
  return socket;
};

const tlsOptions = (ssl: unknown): tls.ConnectionOptions => {
  // The driver's meaning of sslmode: these encrypt and trust any certificate.
  if (ssl === "require" || ssl === "allow" || ssl === "prefer") {
    return { rejectUnauthorized: false };
  }
  return typeof ssl === "object" && ssl !== null ? ssl : {};
};

/** Upgrades to TLS before the driver speaks, so that its messages can be read by the meter. */
const encrypt = async (
  plain: net.Socket,
  host: string,
  { ssl, sslnegotiation }: SocketAddress,
  signal: AbortSignal,
): Promise<net.Socket> => {
  const direct = sslnegotiation === "direct";
  if (!direct) {
    plain.write(sslRequest);
    const [answer] = z.tuple([z.instanceof(Buffer)]).parse(await once(plain, "data", { signal }));
    // More than the one byte would be words of somebody in between, taken for PostgreSQL's own.
    const agreed = answer.length === 1 && answer[0] === speaksTls;
    if (!agreed && ssl === "prefer") return plain;
    if (!agreed) throw new Error("PostgreSQL speaks no TLS, which the URL's sslmode demands.");
  }
  const socket = tls.connect({
    socket: plain,
    ...(net.isIP(host) === 0 && { servername: host }),
    ...(direct && { ALPNProtocols: ["postgresql"] }),
    ...tlsOptions(ssl),
  });
  await once(socket, "secureConnect", { signal });
  return socket;
};

const openEncrypted = async (
  plain: net.Socket,
  host: string,
  address: SocketAddress,
): Promise<net.Socket> => {
  const signal = AbortSignal.timeout(connectWithinMs);
  // Errors reach whoever waits; this listener only keeps a late one from ending the process.
  plain.on("error", () => undefined);
  try {
    return await encrypt(plain, host, address, signal);
  } catch (error) {
    plain.destroy();
    const late = connectionError("CONNECT_TIMEOUT", `${host} did not answer in time`);
    return failedSocket(!signal.aborted && error instanceof Error ? error : late);
  }
};

/**
 * Opens sockets for the driver's `socket` option, which never hang: PostgreSQL may be frozen, gone with its machine or
 * behind a network that swallows packets, and whoever waits for it is told so within `silenceMs`; null waits for each
 * answer as long as it takes. That holds for connecting, TLS, each statement, COMMIT and LISTEN alike. Several hosts
 * are tried in turn.
 */
export const createSocketFactory = (
  address: SocketAddress,
  silenceMs: number | null,
): (() => Promise<net.Socket>) => {
  let attempt = 0;
  const connect = (): { plain: net.Socket; host: string } => {
    const host = address.host[attempt % address.host.length] ?? "localhost";
    const port = address.port[attempt % address.port.length] ?? 5432;
    attempt += 1;
    const plain = address.path ? net.connect(address.path) : net.connect({ host, port });
    plain.setKeepAlive(true, keepAliveAfterMs);
    return { plain, host };
  };

  return async () => {
    const { plain, host } = connect();
    const encrypted = Boolean(address.ssl) && !address.path;
    const socket = encrypted ? await openEncrypted(plain, host, address) : plain;
    if (silenceMs !== null) cutWhenSilent(socket, silenceMs);
    tellOfClose(socket);
    return socket;
  };
};
