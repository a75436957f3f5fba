import { randomUUID } from "node:crypto";
import type { ErrorCode } from "@latchkey/contracts";
import type { Call } from "@latchkey/core";
import type { Identities, Identity } from "./identity.ts";

/** What the request's one log line tells, gathered while its procedures run. */
export interface Trace {
  actor: string;
  readonly procedures: { readonly path: string; readonly outcome: ErrorCode | "OK" }[];
}

const anonymous = { kind: "anonymous" } as const;
const nobody = () => Promise.resolve(null);
const nowhere = () => Promise.resolve();

/** What one HTTP request brings to the procedures that it calls; a batch shares it. */
export interface Context {
  /** Anonymous until the procedure's access rule has found out who is calling. */
  readonly call: Call;
  readonly idempotencyKey: string | null;
  /** How many procedures the request calls; more than one is a batch. */
  readonly batchSize: number;
  readonly trace: Trace;
  /** Looks the caller up once per request. */
  findIdentity(): Promise<Identity | null>;
  setActiveOrganization(organizationId: string | null): Promise<void>;
  /** Adds a header to the answer, whichever door it leaves by. */
  setHeader(name: string, value: string): void;
}

const saneRequestId = /^[A-Za-z0-9_.:-]{8,128}$/;

/** The caller's own `X-Request-Id` where it is sane, so that logs of both sides meet; else a new one. */
export const requestIdOf = (header: string | string[] | undefined): string =>
  typeof header === "string" && saneRequestId.test(header) ? header : randomUUID();

/**
 * Whether a browser sends the request from a page of somebody else. SameSite=Lax keeps cookies away
 * from other sites; this also keeps other origins of the same site out (another port on localhost).
 */
const isForeignOrigin = (headers: Headers, publicUrl: string): boolean => {
  const origin = headers.get("origin");
  if (origin === null || origin === new URL(publicUrl).origin) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
};

const withoutCookie = (headers: Headers): Headers => {
  const rest = new Headers(headers);
  rest.delete("cookie");
  return rest;
};

const maxUserAgentLength = 512;

/** What the program calls itself, as far as anybody reads. */
const userAgentOf = (header: string | null): string | null =>
  header?.slice(0, maxUserAgentLength) ?? null;

export interface RequestFacts {
  readonly requestId: string;
  readonly address: string | null;
  readonly headers: Headers;
  readonly batchSize: number;
  readonly trace: Trace;
  readonly setHeader: Context["setHeader"];
}

/** Makes the context of a request; nobody is looked up before a procedure asks. */
export const createContext = (
  { identities, publicUrl }: { identities: Identities; publicUrl: string },
  { requestId, address, headers, batchSize, trace, setHeader }: RequestFacts,
): Context => {
  const trusted = isForeignOrigin(headers, publicUrl) ? withoutCookie(headers) : headers;
  const carriesProof = trusted.has("cookie") || trusted.has("authorization");
  let identity: Promise<Identity | null> | undefined;
  return {
    call: {
      actor: anonymous,
      requestId,
      address,
      userAgent: userAgentOf(headers.get("user-agent")),
    },
    idempotencyKey: headers.get("idempotency-key"),
    batchSize,
    trace,
    findIdentity: () =>
      (identity ??= carriesProof ? identities.findIdentity(trusted) : Promise.resolve(null)),
    setActiveOrganization: (organizationId) =>
      identities.setActiveOrganization(trusted, organizationId),
    setHeader,
  };
};

/** Makes the context of a single call by somebody who shows no sign-in and no idempotency key. */
export const createAnonymousContext = ({
  requestId,
  address,
  userAgent,
  setHeader,
}: Pick<RequestFacts, "requestId" | "address" | "setHeader"> & {
  readonly userAgent: string | undefined;
}): Context => ({
  call: { actor: anonymous, requestId, address, userAgent: userAgentOf(userAgent ?? null) },
  idempotencyKey: null,
  batchSize: 1,
  trace: { actor: anonymous.kind, procedures: [] },
  findIdentity: nobody,
  setActiveOrganization: nowhere,
  setHeader,
});
