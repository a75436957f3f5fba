import { parseArgs } from "node:util";
import { OperatorError } from "@latchkey/tooling/services";
import { wholeNumber } from "../whole-number.ts";

export interface MillionOptions {
  readonly sessions: number;
  readonly seconds: number;
  readonly json: boolean;
  readonly markdown: boolean;
}

const usage = "npm run bench -- million [--sessions 1000000] [--for 600] [--json] [--markdown]";

/** Reads what follows `million`. Throws OperatorError that names the option and what it should be. */
export const readMillionOptions = (args: readonly string[]): MillionOptions => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sessions: { type: "string", default: "1000000" },
        for: { type: "string", default: "600" },
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
      },
    });
    return {
      sessions: wholeNumber("sessions", values.sessions, { least: 1, most: 10_000_000, usage }),
      seconds: wholeNumber("for", values.for, { least: 1, most: 86_400, usage }),
      json: values.json,
      markdown: values.markdown,
    };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `${error instanceof Error ? error.message : "Unknown option."}\n${usage}`,
    );
  }
};
