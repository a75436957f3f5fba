/** The way to the server: tRPC over HTTP, one call at a time, every answer read with suspicion. */
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import type { TRPCClient } from "@trpc/client";
import type { AppRouter } from "@latchkey/api";
import type { ErrorCode } from "@latchkey/contracts";
import { asProblem, readDetails } from "./answers.ts";
import { networkError } from "./latchkey-error.ts";
import type { NetworkError, Refusal } from "./latchkey-error.ts";

type Api = TRPCClient<AppRouter>;
type InputOf<Procedure extends { readonly mutate: (...args: never[]) => unknown }> = Parameters<
  Procedure["mutate"]
>[0];

/**
 * The procedures that a client calls, with their inputs. Their outputs are read as unknown: what the
 * router's type promises, an answer from outside has still to prove.
 */
export interface ClientCalls {
  readonly "machines.activate": InputOf<Api["machines"]["activate"]>;
  readonly "seats.acquire": InputOf<Api["seats"]["acquire"]>;
  readonly "seats.heartbeat": InputOf<Api["seats"]["heartbeat"]>;
  readonly "seats.release": InputOf<Api["seats"]["release"]>;
  readonly "licenses.validate": InputOf<Api["licenses"]["validate"]>;
}

export type WireAnswer =
  | { readonly kind: "answered"; readonly body: unknown }
  /** Whether the refusal is signed is not judged here: `token` is what may prove it. */
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly token: string | null }
  | { readonly kind: "failed"; readonly error: NetworkError };

export interface Wire {
  /** Never rejects. Once `signal` aborts, the answer is of no interest. */
  call<Path extends keyof ClientCalls>(
    path: Path,
    input: ClientCalls[Path],
    signal: AbortSignal,
  ): Promise<WireAnswer>;
  /** The server's JWK set; null when it cannot be had. Never rejects. */
  keys(signal: AbortSignal): Promise<unknown>;
}

/** Codes that say "not now" about the server, and nothing about the license. */
const notNow: Partial<Record<ErrorCode, NetworkError["trouble"]>> = {
  RATE_LIMITED: "rate_limited",
  UNAVAILABLE: "server",
  GATEWAY_UNAVAILABLE: "server",
  INTERNAL: "server",
};

/** No unsigned wish of a server silences this client for longer. */
const LONGEST_RETRY_AFTER_SECONDS = 300;

/** As much of the platform's `fetch` as is used here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The wire to `${host}/trpc`. */
export const createWire = (host: string, fetch: Fetch): Wire => {
  const origin = host.replace(/\/+$/, "");
  const client = createTRPCUntypedClient({
    links: [
      httpLink({
        url: `${origin}/trpc`,
        // A redirect would hand the license key to whoever asks for it.
        fetch: (input: unknown, { signal, ...init } = {}) =>
          fetch(String(input), { ...init, signal: signal ?? null, redirect: "error" }),
      }),
    ],
  });
  return {
    call: async (path, input, signal) => {
      try {
        return { kind: "answered", body: await client.mutation(path, input, { signal }) };
      } catch (error) {
        return readFailure(error);
      }
    },
    keys: async (signal) => {
      try {
        const url = `${origin}/.well-known/jwks.json`;
        const response = await fetch(url, { signal, redirect: "error" });
        return response.ok ? await response.json() : null;
      } catch {
        return null;
      }
    },
  };
};

const readFailure = (error: unknown): WireAnswer => {
  const failed = (trouble: NetworkError["trouble"], detail: string, retryAfter?: number | null) =>
    ({ kind: "failed", error: networkError(trouble, detail, retryAfter ?? null) }) as const;
  if (!(error instanceof TRPCClientError)) return failed("unreachable", describe(error));

  const data: unknown = error.data;
  const raw = typeof data === "object" && data !== null && "problem" in data ? data.problem : null;
  const problem = asProblem(raw);
  const response = responseOf(error);
  if (problem === undefined) {
    if (response === null) return failed("unreachable", describe(error));
    const status = `HTTP ${response.status}`;
    return response.status >= 500
      ? failed("server", `The server answered ${status}.`, retryAfterOf(response))
      : failed("not_trusted", `Something else than the license server answered (${status}).`);
  }
  const details = readDetails(raw);
  const retryAfterSeconds = limited(details.retryAfterSeconds ?? retryAfterOf(response));
  const trouble = notNow[problem.code];
  if (trouble !== undefined) return failed(trouble, problem.detail, retryAfterSeconds);
  const { refusal: token, ...shown } = details;
  return {
    kind: "refused",
    token,
    refusal: {
      ...shown,
      code: problem.code,
      detail: problem.detail,
      requestId: problem.requestId,
      signed: false,
      retryAfterSeconds,
    },
  };
};

const describe = (error: unknown): string =>
  error instanceof Error ? error.message : "The request failed.";

interface ResponseHead {
  readonly status: number;
  readonly headers: Headers;
}

const responseOf = (error: { readonly meta?: unknown }): ResponseHead | null => {
  const { meta } = error;
  if (typeof meta !== "object" || meta === null || !("response" in meta)) return null;
  return meta.response instanceof Response ? meta.response : null;
};

/** `Retry-After` in seconds (RFC 9110 section 10.2.3); its other form, a date, needs a right clock. */
const retryAfterOf = (response: ResponseHead | null): number | null => {
  const text = response?.headers.get("retry-after") ?? "";
  return /^\d{1,9}$/.test(text) ? limited(Number(text)) : null;
};

const limited = (seconds: number | null): number | null =>
  seconds === null ? null : Math.min(Math.max(0, seconds), LONGEST_RETRY_AFTER_SECONDS);
