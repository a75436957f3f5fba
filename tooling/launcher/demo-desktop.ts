/** Desktop apps without a window: the client SDK, as any app embeds it, with a memory for its storage. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createLatchkey,
  memoryStorage,
  type Fetch,
  type Latchkey,
  type LatchkeyError,
  type LatchkeyStorage,
  type MachineIdentity,
} from "@latchkey/client";
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

/** An app of the product on one machine, not yet activated. */
const openDesktop = async (
  { baseUrl, productId }: DesktopOptions,
  machine: MachineIdentity,
  storage: LatchkeyStorage,
  fetchFrom: Fetch = (url, init) => fetch(url, init),
): Promise<Latchkey> => {
  const path = "/.well-known/jwks.json";
  const publicKeys = await send(baseUrl, { method: "GET", path }, PublicKeys);
  return createLatchkey({
    host: baseUrl,
    product: productId,
    publicKeys,
    storage,
    machine,
    appVersion: "1.0.0",
    fetch: fetchFrom,
  });
};

/**
 * Activates this machine, acquires a seat and renews it once; from then on the client renews it by itself.
 * Throws OperatorError naming the step that failed.
 */
export const startDesktop = async (options: DesktopOptions): Promise<Desktop> => {
  const { productId, licenseKey, report } = options;
  const storage = memoryStorage();
  let heartbeatAnswered = () => {};
  const heartbeat = new Promise<void>((resolve) => (heartbeatAnswered = resolve));
  const machine = await readMachine(productId, storage);
  const latchkey = await openDesktop(options, machine, storage, async (url, init) => {
    const response = await fetch(url, init);
    if (response.ok && url.includes("seats.heartbeat")) heartbeatAnswered();
    return response;
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

/**
 * Colleagues come until all seats are in use and one is refused; somebody quits, and the refused one gets
 * the seat. They leave again and the first desktop stays. Throws OperatorError naming the step that failed.
 */
export const playFullHouse = async (options: DesktopOptions, maxSeats: number): Promise<void> => {
  const { licenseKey, report } = options;
  const colleagues: Latchkey[] = [];
  try {
    // One fewer than the seats are free, and one colleague more comes.
    for (let number = 1; number <= maxSeats; number += 1) {
      const machine = {
        fingerprint: randomBytes(32).toString("hex"),
        name: `Colleague ${number}`,
        platform: "other",
      } as const;
      const colleague = await openDesktop(options, machine, memoryStorage());
      colleagues.push(colleague);
      const activated = await colleague.activate(licenseKey);
      if (!activated.ok) throw failed("activate for a colleague", activated.error);
      const acquired = await colleague.acquire();
      if (acquired.ok !== number < maxSeats) {
        throw new OperatorError(
          `The demonstration failed: of ${maxSeats} seats, colleague ${number} ${acquired.ok ? "got one too many" : "was refused one that is free"}; \`npm start -- --no-demo\` leaves it out.`,
        );
      }
    }
    const [quitting, refused] = [colleagues[0], colleagues.at(-1)];
    report(
      `All ${maxSeats} seats are in use: one machine more was refused and is ${refused?.state.name}.`,
    );
    await quitting?.stop();
    const granted = await refused?.acquire();
    if (granted?.ok === false) throw failed("take the seat that a colleague left", granted.error);
    report("A colleague quit, and the machine that waited holds the seat.");
  } finally {
    await Promise.all(colleagues.map((colleague) => colleague.stop()));
  }
};
