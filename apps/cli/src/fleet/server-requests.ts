import { z } from "zod";
import { UsageError } from "../usage-error.ts";

export interface ServerRequest {
  readonly path: string;
  /** Sent with POST; without one it is a GET. */
  readonly body?: unknown;
  readonly token?: string;
}

const Problem = z.object({ detail: z.string().optional(), message: z.string().optional() });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Asks the server and reads the answer. Throws UsageError that says what it wanted, and what came instead. */
export const ask = async <Answer extends z.ZodType>(
  host: string,
  wish: string,
  { path, body, token }: ServerRequest,
  answer: Answer,
): Promise<z.output<Answer>> => {
  let response: Response;
  try {
    response = await fetch(`${host}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        origin: host,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new UsageError(
      `No server answers at ${host}. Start one (npm start), or pass its address with --host.`,
    );
  }
  const read: unknown = parseJson(await response.text());
  if (!response.ok) {
    const problem = Problem.safeParse(read);
    const said = problem.success ? (problem.data.detail ?? problem.data.message) : undefined;
    throw new UsageError(
      `The server did not ${wish} (${response.status}): ${said ?? "no reason given"}`,
    );
  }
  const parsed = answer.safeParse(read);
  if (!parsed.success) {
    throw new UsageError(
      `${host} answers, but not as Latchkey does (${path}). Is it the right address?`,
    );
  }
  return parsed.data;
};
