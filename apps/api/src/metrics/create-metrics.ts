import type { Observe } from "@latchkey/core/ports";
import type { AttemptOutcome } from "@latchkey/redis";
import { collectDefaultMetrics, Registry } from "prom-client";
import { createProcedureMetrics } from "./procedure-metrics.ts";
import type { ProcedureMetrics } from "./procedure-metrics.ts";
import { createSeatMetrics } from "./seat-metrics.ts";
import { createServerMetrics } from "./server-metrics.ts";

/** What this process measures, and where each part of it is told. */
export interface Metrics {
  readonly registry: Registry;
  readonly procedures: ProcedureMetrics;
  readonly observe: Observe;
  readonly onRedisAttempt: (outcome: AttemptOutcome, seconds: number) => void;
  readonly onPoolWait: (seconds: number) => void;
}

/**
 * Starts to measure. The process's own metrics (CPU, memory, garbage collection, event loop) come from
 * prom-client; its event-loop lag is that of `monitorEventLoopDelay` with a resolution of 10 ms, so an idle
 * process reads 10 ms.
 */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    procedures: createProcedureMetrics(registry),
    observe: createSeatMetrics(registry),
    ...createServerMetrics(registry),
  };
};
