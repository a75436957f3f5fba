import type { Call, Core } from "@latchkey/core";
import type { z } from "zod";

/** How often a job is tried in all, and how long it waits after the first failure; then twice as long each time. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstWaitMs: number;
}

/** What a job may know of its try. */
export interface Try {
  /** Whether this is the last one: a failure now is for good. */
  readonly last: boolean;
}

/** What runs later: one idempotent verb, called with a payload that was checked. */
export interface Job {
  readonly name: string;
  readonly retry: RetryPolicy;
  /** Throws ZodError on a payload that is not the job's. */
  run(core: Core, call: Call, payload: unknown, tried: Try): Promise<unknown>;
}

export interface DefinedJob<Payload> extends Job {
  /** What asks for a run of this job. */
  request(payload: Payload): { readonly job: string; readonly payload: Payload };
}

interface JobDefinition<Payload extends Record<string, unknown>> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  readonly retry: RetryPolicy;
  readonly run: (core: Core, call: Call, payload: Payload, tried: Try) => Promise<unknown>;
}

export const defineJob = <Payload extends Record<string, unknown>>({
  name,
  payload: schema,
  retry,
  run,
}: JobDefinition<Payload>): DefinedJob<Payload> => ({
  name,
  retry,
  run: (core, call, payload, tried) => run(core, call, schema.parse(payload), tried),
  request: (payload) => ({ job: name, payload }),
});
