import { DrizzleQueryError } from "drizzle-orm";

/** What a log line or a record tells of an error. */
export interface DescribedError {
  readonly type: string;
  /** The error's message and those of its causes. */
  readonly message: string;
  readonly stack: string;
  /** The first code in the chain: an error code of ours, a system's, or an SQLSTATE. */
  readonly code?: string;
}

const chainOf = (error: unknown): Error[] => {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at);
  return chain;
};

/** Drizzle writes a query's parameters into message and stack just so. */
const withoutParameters = (error: Error, text: string): string =>
  error instanceof DrizzleQueryError
    ? text.replaceAll(`\nparams: ${String(error.params)}`, "")
    : text;

const codeOf = (chain: readonly Error[]): string | undefined =>
  chain.flatMap((one) => ("code" in one && typeof one.code === "string" ? [one.code] : []))[0];

/**
 * An error for logs and records: its type, messages, stacks and code, and nothing else that somebody
 * hung on it. The parameters of a failed query are left out, since they are tokens, hashes and names.
 */
export const describeError = (error: unknown): DescribedError => {
  const chain = chainOf(error);
  const tell = (textOf: (one: Error) => string, between: string): string =>
    chain.map((one) => withoutParameters(one, textOf(one))).join(between);
  if (chain.length === 0) return { type: typeof error, message: String(error), stack: "" };
  const code = codeOf(chain);
  return {
    type: chain[0]?.name ?? "Error",
    message: tell(({ message }) => message, ": "),
    stack: tell(({ stack, message }) => stack ?? message, "\ncaused by: "),
    ...(code !== undefined && { code }),
  };
};
