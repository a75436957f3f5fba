/** The answers of the license server, as far as this client uses them. */
import type { ErrorCode } from "@latchkey/contracts";
import type { SeatHolder } from "./latchkey-error.ts";
import {
  asBoolean,
  asList,
  asMap,
  asNumber,
  asObject,
  asRecord,
  asText,
  orNull,
} from "./narrow.ts";
import type { Reader } from "./narrow.ts";

type Feature = boolean | string | number;
const asFeature: Reader<Feature> = (value) => asBoolean(value) ?? asText(value) ?? asNumber(value);

/** What a key holder is told of the license; `LicenseSummary` of the contract. */
export interface LicenseInfo extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly status: string;
  readonly product: { readonly id: string; readonly name: string };
  readonly plan: { readonly slug: string; readonly name: string };
  readonly maxSeats: number;
  readonly features: Readonly<Record<string, Feature>>;
  readonly limits: Readonly<Record<string, number>>;
  readonly expiresAt: string | null;
  readonly graceEndsAt: string | null;
}

export const asLicenseInfo = asObject<LicenseInfo>({
  id: asText,
  status: asText,
  product: asObject({ id: asText, name: asText }),
  plan: asObject({ slug: asText, name: asText }),
  maxSeats: asNumber,
  features: asMap(asFeature),
  limits: asMap(asNumber),
  expiresAt: orNull(asText),
  graceEndsAt: orNull(asText),
});

/** This machine as the server knows it; `Machine` of the contract. */
export interface MachineInfo extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly activatedAt: string;
}

export const asActivation = asObject({
  license: asLicenseInfo,
  machine: asObject<MachineInfo>({
    id: asText,
    name: asText,
    fingerprint: asText,
    activatedAt: asText,
  }),
});

export const asHeldSeat = asObject({
  lease: asText,
  heartbeatInterval: asNumber,
  seats: asObject({ used: asNumber, max: asNumber }),
});

/** The verdict on a key: `valid: false` is an answer, and `code` says why. */
export interface Validation extends Readonly<Record<string, unknown>> {
  readonly valid: boolean;
  readonly code: string;
  readonly detail: string;
  readonly license: LicenseInfo | null;
}

/** Reads the answer of `licenses.validate`; a license that is not shown becomes null. */
export const asValidation: Reader<Validation> = (value) =>
  asObject<Validation>({
    valid: asBoolean,
    code: asText,
    detail: asText,
    license: orNull(asLicenseInfo),
  })({ license: null, ...asRecord(value) });

// A table keyed by the union: a code that joins the contract does not compile until it stands here.
const knownCodes = {
  BAD_REQUEST: true,
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  CONFLICT: true,
  PAYLOAD_TOO_LARGE: true,
  RATE_LIMITED: true,
  SEATS_EXHAUSTED: true,
  LICENSE_NOT_USABLE: true,
  LEASE_INVALID: true,
  LEASE_EXPIRED: true,
  PAYMENT_FAILED: true,
  GATEWAY_UNAVAILABLE: true,
  UNAVAILABLE: true,
  INTERNAL: true,
} satisfies Record<ErrorCode, true>;

const isErrorCode = (value: string): value is ErrorCode => Object.hasOwn(knownCodes, value);
const asErrorCode: Reader<ErrorCode> = (value) =>
  typeof value === "string" && isErrorCode(value) ? value : undefined;

/** An error answer of the server: `Problem` of the contract (RFC 9457). */
export const asProblem = asObject({
  code: asErrorCode,
  status: asNumber,
  detail: asText,
  requestId: asText,
});

/** The parts of a problem's `details` that matter to a client; what is missing is null. */
export const readDetails = (problem: unknown) => {
  const details = asRecord(asRecord(problem)?.["details"]) ?? {};
  const holder = asObject({ machineName: asText, startedAt: asText, lastHeartbeatAt: asText });
  const holders: readonly SeatHolder[] = asList(holder)(details["holders"]) ?? [];
  return {
    refusal: asText(details["refusal"]) ?? null,
    validationCode: asText(details["validationCode"]) ?? null,
    maxSeats: asNumber(details["maxSeats"]) ?? null,
    usedSeats: asNumber(details["usedSeats"]) ?? null,
    retryAfterSeconds: asNumber(details["retryAfterSeconds"]) ?? null,
    holders,
  };
};
