/** How hard a run tries: short within `npm test`, long by `npm run faults`, which sets these variables. */
import { z } from "zod";

const { FAULTS_FORM: name, FAULTS_SEED: seed } = z
  .object({
    FAULTS_FORM: z.enum(["short", "long"]).default("short"),
    FAULTS_SEED: z.coerce.number().int().default(1),
  })
  .parse(process.env);

const sizes = {
  short: { machines: 160, licenses: 8, heartbeats: 30, rounds: 1 },
  long: { machines: 900, licenses: 24, heartbeats: 1500, rounds: 4 },
} as const;

/**
 * `heartbeats` are waited for before, during and after each fault; `rounds` is how often a fault that can
 * be repeated happens.
 */
export const form = { ...sizes[name], seed };
