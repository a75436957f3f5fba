/** A desktop app without a window: the client SDK, as any app embeds it, with a memory for its storage. */
import { setTimeout as sleep } from "node:timers/promises";
import { createLatchkey, memoryStorage, type LatchkeyError } from "@latchkey/client";
import { readMachine } from "@latchkey/client/node";
import { z } from "zod";
import { OperatorError } from "../services/index.ts";
import { send } from "./demo-requests.ts";

export interface Desktop {
  /** Quits as an app does: gives the seat back, within 2 s. */
  stop(): Promise<void>;
}

interface DesktopOptions {
  baseUrl: string;
  productId: string;
  licenseKey: string;
  report(line: string): void;
}

const PublicKeys = z.object({ keys: z.array(z.unknown()) });

const failed = (step: string, { code, detail }: LatchkeyError): OperatorError =>
  new OperatorError(
    `The demonstration failed: the desktop could not ${step} (${code}: ${detail}); \`npm start -- --no-demo\` leaves it out.`,
  );

/** The SDK's own retries end within 45 s. */
const HEARTBEAT_WITHIN_MS = 45_000;

const refuseAfter = async (ms: number): Promise<never> => {
  // Unreferenced: a heartbeat that came long ago must not be waited for.
  await sleep(ms, undefined, { ref: false });
  throw new OperatorError(
    "The demonstration failed: no heartbeat was answered; see .latchkey/logs/api.log, or leave it out with `npm start -- --no-demo`.",
  );
};

/**
 * Activates this machine, acquires a seat and renews it once; from then on the client renews it by itself.
 * Throws OperatorError naming the step that failed.
 */
export const startDesktop = async ({
  baseUrl,
  productId,
  licenseKey,
  report,
}: DesktopOptions): Promise<Desktop> => {
  const publicKeys = await send(
    baseUrl,
    { method: "GET", path: "/.well-known/jwks.json" },
    PublicKeys,
  );
  const storage = memoryStorage();
  let heartbeatAnswered = () => {};
  const heartbeat = new Promise<void>((resolve) => (heartbeatAnswered = resolve));
  const latchkey = createLatchkey({
    host: baseUrl,
    product: productId,
    publicKeys,
    storage,
    machine: await readMachine(productId, storage),
    appVersion: "1.0.0",
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (response.ok && url.includes("seats.heartbeat")) heartbeatAnswered();
      return response;
    },
  });
  const activated = await latchkey.activate(licenseKey);
  if (!activated.ok) throw failed("activate", activated.error);
  report(`A desktop activated as "${activated.machine.name}".`);
  const acquired = await latchkey.acquire();
  if (!acquired.ok) throw failed("acquire a seat", acquired.error);
  latchkey.tryNow();
  await Promise.race([heartbeat, refuseAfter(HEARTBEAT_WITHIN_MS)]);
  report("It holds a seat, and its first heartbeat was answered with a newer signed lease.");
  return { stop: () => latchkey.stop() };
};
