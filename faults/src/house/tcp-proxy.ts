/**
 * A wire between two processes that can be disturbed.
 *
 * - **open**: bytes pass both ways
 * - **paused**: connections stay and new ones are accepted, but nothing passes, as when packets are lost
 * - **refusing**: connections are reset, and so is every new one
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";

export interface TcpProxy {
  /** The port of 127.0.0.1 that it passes to. */
  readonly targetPort: number;
  /** Where it listens. */
  readonly port: number;
  /** Holds every byte back, both ways; what is held passes once it opens. */
  pause(): void;
  /** Resets every connection; new ones pass. */
  cut(): void;
  /** Resets every connection and each new one. */
  refuse(): void;
  open(): void;
  close(): Promise<void>;
}

/** Listens on a port of 127.0.0.1 and passes to `targetPort` there; open at first. */
export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  let state: "open" | "paused" | "refusing" = "open";
  const wires = new Set<{ readonly near: Socket; far: Socket | null }>();
  type Wire = Parameters<typeof wires.add>[0];

  const reset = (wire: Wire): void => {
    wires.delete(wire);
    for (const socket of [wire.near, wire.far]) {
      if (socket !== null && !socket.destroyed) socket.resetAndDestroy();
    }
  };
  const join = (wire: Wire): void => {
    if (wire.far === null) {
      const far = connect(targetPort, "127.0.0.1");
      wire.far = far;
      far.on("error", () => reset(wire));
      far.on("close", () => reset(wire));
    }
    wire.near.pipe(wire.far);
    wire.far.pipe(wire.near);
  };
  const part = ({ near, far }: Wire): void => {
    if (far === null) return;
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  };
  const resetAll = (): void => {
    for (const wire of wires) reset(wire);
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true }, (near) => {
    const wire: Wire = { near, far: null };
    wires.add(wire);
    near.on("error", () => reset(wire));
    near.on("close", () => reset(wire));
    if (state === "refusing") reset(wire);
    else if (state === "open") join(wire);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");

  return {
    targetPort,
    port: address.port,
    pause: () => {
      state = "paused";
      for (const wire of wires) part(wire);
    },
    cut: resetAll,
    refuse: () => {
      state = "refusing";
      resetAll();
    },
    open: () => {
      if (state === "paused") for (const wire of wires) join(wire);
      state = "open";
    },
    close: async () => {
      resetAll();
      server.close();
      await once(server, "close");
    },
  };
};
