import { DomainError } from "@latchkey/contracts";
import { EnvironmentError } from "@latchkey/core/environment";
import { findDatabaseUrl } from "./env.ts";
import { explainDatabaseFailure } from "./explain-failure.ts";

/** The command was called with arguments that it does not know; the message is its usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const exitCodes = { failed: 1, misused: 2 } as const;

const describe = (error: unknown): { message: string; exitCode: number } => {
  if (error instanceof UsageError || error instanceof EnvironmentError) {
    return { message: error.message, exitCode: exitCodes.misused };
  }
  const databaseUrl = findDatabaseUrl();
  const explained = databaseUrl && explainDatabaseFailure(error, databaseUrl);
  if (explained !== null) return { message: explained, exitCode: exitCodes.failed };
  if (error instanceof DomainError) return { message: error.message, exitCode: exitCodes.failed };
  const unknown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: unknown, exitCode: exitCodes.failed };
};

/**
 * Runs a command to its end: what it returns is printed, a failure is one sentence on standard error.
 * Exit codes: 0 done, 1 failed, 2 called wrongly (arguments or environment).
 */
export const runCommand = async (work: () => Promise<string>): Promise<void> => {
  try {
    console.log(await work());
  } catch (error) {
    const { message, exitCode } = describe(error);
    console.error(message);
    process.exitCode = exitCode;
  }
};
