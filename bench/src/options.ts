import { parseArgs } from "node:util";
import { OperatorError } from "@latchkey/tooling/services";

/** How much is measured. */
export interface Sizes {
  /** Rounds that count; one more goes before them to warm up. */
  readonly rounds: number;
  /** Keep-alive connections, each with one request under way. */
  readonly connections: number;
  /** Machines per acquire cell; each becomes a session of the heartbeat cell behind it. */
  readonly machines: number;
}

export interface Options extends Sizes {
  readonly json: boolean;
  readonly markdown: boolean;
}

export const usage = `npm run bench -- [--rounds 5] [--connections 64] [--machines 1000] [--json] [--markdown]`;

const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new OperatorError(
    `--${name} must be a whole number from ${least} to ${most}, not ${text}.\n${usage}`,
  );
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "5" },
        connections: { type: "string", default: "64" },
        machines: { type: "string", default: "1000" },
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

/** Reads the command line. Throws OperatorError that names the option and what it should be. */
export const readOptions = (args: readonly string[]): Options => {
  const { rounds, connections, machines, json, markdown } = parse(args);
  const atOnce = wholeNumber("connections", connections, 1, 1000);
  return {
    rounds: wholeNumber("rounds", rounds, 1, 100),
    connections: atOnce,
    // Below two per connection a session could have two heartbeats under way, which are one commit.
    machines: wholeNumber("machines", machines, Math.max(10, 2 * atOnce), 10_000),
    json,
    markdown,
  };
};
