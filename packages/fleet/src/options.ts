import { z } from "zod";
import type { Behaviour } from "./behaviour.ts";

export interface FleetLicense {
  readonly licenseKey: string;
  readonly maxSeats: number;
  /**
   * Whether somebody outside the fleet may hold seats of it. Then a seat that fresh machines do not get at
   * the end proves nothing against the server. Nobody outside may unless told.
   */
  readonly shared?: boolean;
}

export interface FleetOptions {
  /** API origins; machine i calls hosts[i % hosts.length]. */
  readonly hosts: readonly string[];
  /** Product id. */
  readonly product: string;
  /** The product's JWK set, as createLatchkey takes it. */
  readonly publicKeys: unknown;
  readonly licenses: readonly FleetLicense[];
  /** Spread over the licenses in turn. */
  readonly machines: number;
  /**
   * How many times faster than the real one a machine's clocks run while nothing of it is on the wire: 60
   * makes a heartbeat every 5 s and a grace of 30 s. At most 90, where heartbeats meet the server's limit
   * of 20 a minute.
   */
  readonly speed: number;
  readonly behaviour: Behaviour;
  /** The same seed makes the same decisions. */
  readonly seed: number;
  /**
   * Who tells of the server's faults, by which lapses are judged: `told` (the default) is the caller by
   * `fault`; `seen` takes every time without any answer of a server for one.
   */
  readonly serverFaults?: "told" | "seen";
  /** Real ms over which the machines start; by default 1 ms each, at least 1 s and at most 10 s. */
  readonly startWithinMs?: number;
}

const share = z.number().min(0).max(60);

/** What can be wrong with options, in one place. Throws $ZodError. */
export const FleetSettings = z.object({
  hosts: z.array(z.url({ protocol: /^https?$/ })).min(1),
  product: z.string().min(1),
  publicKeys: z.object({ keys: z.array(z.unknown()).min(1) }),
  licenses: z
    .array(
      z.object({
        licenseKey: z.string().min(1),
        maxSeats: z.int().min(1),
        shared: z.boolean().default(false),
      }),
    )
    .min(1),
  machines: z.int().min(1),
  speed: z.number().min(1).max(90),
  behaviour: z.object({
    churnPerMinute: share,
    crashPerMinute: share,
    sleepPerMinute: share,
    partitionPerMinute: share,
  }),
  seed: z.int(),
  serverFaults: z.enum(["told", "seen"]).default("told"),
  startWithinMs: z.number().min(0).optional(),
});
