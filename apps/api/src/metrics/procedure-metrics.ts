import { Histogram } from "prom-client";
import type { Registry } from "prom-client";

export interface ProcedureMetrics {
  observe(procedure: string, outcome: string, seconds: number): void;
}

/** Count, errors and latency of every procedure, in one histogram told apart by outcome code. */
export const createProcedureMetrics = (registry: Registry): ProcedureMetrics => {
  const seconds = new Histogram({
    name: "latchkey_procedure_duration_seconds",
    help: "Time a procedure took, by its outcome: OK or the error code",
    labelNames: ["procedure", "outcome"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    observe: (procedure, outcome, duration) => seconds.observe({ procedure, outcome }, duration),
  };
};
