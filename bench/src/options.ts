import { parseArgs } from "node:util";
import { OperatorError } from "@latchkey/tooling/services";
import { wholeNumber } from "./whole-number.ts";

/** How much is measured. */
export interface Sizes {
  /** Rounds that count; some go before them to warm up. */
  readonly rounds: number;
  /** Keep-alive connections, each with one request under way. */
  readonly connections: number;
  /** Machines that a turn is made of, each part some times as many, so that turns last for seconds. */
  readonly machines: number;
  /** Clients that come back after the outage. */
  readonly returning: number;
  /** Sessions that are rebuilt in Redis. */
  readonly rebuilt: number;
}

/** What can be measured alone, in the order of a round. */
export const parts = ["heartbeat", "acquire", "storm", "outage", "rebuild", "lease"] as const;
export type Part = (typeof parts)[number];

export interface Options extends Sizes {
  readonly only: readonly Part[];
  readonly json: boolean;
  readonly markdown: boolean;
}

/** Below what is wrong with the options. */
export const usage = `npm run bench -- [--only ${parts.join(",")}] [--rounds 8] [--connections 64]
  [--machines 1000] [--returning 10000] [--rebuilt 100000] [--json] [--markdown]`;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "8" },
        connections: { type: "string", default: "64" },
        machines: { type: "string", default: "1000" },
        returning: { type: "string", default: "10000" },
        rebuilt: { type: "string", default: "100000" },
        only: { type: "string", default: parts.join(",") },
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new OperatorError(
      `${error instanceof Error ? error.message : "Unknown option."}\n${usage}`,
    );
  }
};

const readParts = (text: string): Part[] =>
  text.split(",").map((name) => {
    const part = parts.find((one) => one === name.trim());
    if (part) return part;
    throw new OperatorError(`--only names parts of ${parts.join(", ")}, not ${name}.\n${usage}`);
  });

/** Reads the command line. Throws OperatorError that names the option and what it should be. */
export const readOptions = (args: readonly string[]): Options => {
  const { rounds, connections, machines, returning, rebuilt, only, json, markdown } = parse(args);
  const atOnce = wholeNumber("connections", connections, { least: 1, most: 1000, usage });
  return {
    rounds: wholeNumber("rounds", rounds, { least: 1, most: 100, usage }),
    connections: atOnce,
    // Below two per connection a session could have two heartbeats under way, which are one commit.
    machines: wholeNumber("machines", machines, {
      least: Math.max(10, 2 * atOnce),
      most: 10_000,
      usage,
    }),
    // Every client has a connection of its own, and a machine has ports for so many.
    returning: wholeNumber("returning", returning, { least: 100, most: 20_000, usage }),
    rebuilt: wholeNumber("rebuilt", rebuilt, { least: 1000, most: 1_000_000, usage }),
    only: readParts(only),
    json,
    markdown,
  };
};
