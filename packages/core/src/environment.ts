import { z } from "zod";

/** Text that log lines and error messages show as [redacted]; `reveal` is where it is used. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[redacted]";
  }
}

/** A variable whose value nobody may read from a log. */
export const secret = (schema: z.ZodType<string>) => schema.transform((text) => new Secret(text));

/** What every process around the core must be told. */
export const coreEnvironment = {
  LATCHKEY_MODE: z
    .enum(["sandbox", "production"], { error: "must be sandbox or production" })
    .default("sandbox"),
  LATCHKEY_SECRET: secret(
    z
      .string({ error: "must be set, to at least 32 random characters" })
      .min(32, { error: "must have at least 32 characters: `openssl rand -base64 48` makes them" }),
  ),
  /** Without the trailing slash. */
  LATCHKEY_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an address such as https://licenses.example.com" })
    .transform((url) => url.replace(/\/+$/, "")),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be fatal, error, warn, info, debug, trace or silent",
    })
    .default("info"),
};

/** Everything that is wrong with the environment, by the variables' names; no value is shown. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

/**
 * The variables as the schema takes them; one that is set to nothing counts as not set, as in every
 * shell. Throws EnvironmentError: one sentence for one problem, a line each for several.
 */
export const parseEnvironment = <Schema extends z.ZodType>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>>,
): z.output<Schema> => {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const { success, data, error } = schema.safeParse(set);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  const [only, ...others] = problems;
  throw new EnvironmentError(
    only !== undefined && others.length === 0
      ? `${only}.`
      : `The environment is not right:\n${problems.map((problem) => `  ${problem}`).join("\n")}`,
  );
};
