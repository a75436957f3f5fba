/** Requests of the seat path as they go over the wire, and what of their answers can be compared. */
import { contract } from "@latchkey/contracts";
import { activatedMachines, aLicense, callBy } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import type { RawAnswer, RawRequest } from "./raw-request.ts";

export const anyone = callBy({ kind: "anonymous" });

/** A license with one seat, the machine that holds it, and one that does not. */
export interface Scene {
  readonly licenseId: string;
  readonly licenseKey: string;
  readonly holder: string;
  readonly outsider: string;
  readonly sessionId: string;
  readonly lease: string;
}

/** Makes a scene of its own, so that no limit and no session is shared. */
export const makeScene = async (world: TestCore): Promise<Scene> => {
  const license = await aLicense(world, { maxSeats: 1 });
  const { licenseId, licenseKey } = license;
  const [holder = "", outsider = ""] = await activatedMachines(world, license, 2);
  const { session, lease } = await world.core.licensing.acquireSeat(anyone, {
    licenseKey,
    fingerprint: holder,
  });
  return { licenseId, licenseKey, holder, outsider, sessionId: session.id, lease };
};

export type Verb = keyof typeof contract.seats;
export const doors = ["REST", "tRPC"] as const;
export type Door = (typeof doors)[number];
export const addressOf = (door: Door, verb: Verb): string =>
  door === "REST" ? `/api/v1${contract.seats[verb].rest.path}` : `/trpc/seats.${verb}`;

/** What each verb takes when all is well. */
export const fieldsOf = (
  verb: Verb,
  { licenseKey, holder, lease }: Scene,
): Record<string, unknown> =>
  verb === "acquire" ? { licenseKey, fingerprint: holder } : { lease };

export type Body = Record<string, unknown> | readonly (string | Uint8Array)[];
const isParts = (body: Body): body is readonly (string | Uint8Array)[] => Array.isArray(body);

/** A request, what it is answered, and by whom. */
export interface Case {
  readonly title: string;
  /** One status, or REST's and tRPC's. */
  readonly status: number | readonly [number, number] | "any";
  /** Who answers where the hot path is there; Express takes all that is unusual. */
  readonly by: "hot path" | "Express";
  /** All three unless told. */
  readonly verbs?: readonly Verb[];
  readonly prepare?: (scene: Scene, world: TestCore) => Promise<unknown>;
  /** Fields, sent as JSON with their length told; or bytes, sent as they are, chunked unless told. */
  readonly body?: (scene: Scene, verb: Verb) => Body;
  readonly method?: string;
  readonly path?: (path: string) => string;
  /** Beside `content-type: application/json`; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The case as it is sent to a door. */
export const toRaw = (
  one: Case,
  verb: Verb,
  door: Door,
  scene: Scene,
  requestId: string,
): RawRequest => {
  const given = one.body?.(scene, verb) ?? fieldsOf(verb, scene);
  const body = isParts(given) ? given : [JSON.stringify(given)];
  const length = String(body.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
  const headers: Record<string, string | undefined> = {
    "content-type": "application/json",
    "x-request-id": requestId,
    ...(!isParts(given) && { "content-length": length }),
    ...one.headers,
    ...(one.headers?.["content-length"] === "told" && { "content-length": length }),
  };
  return {
    method: one.method ?? "POST",
    path: (one.path ?? ((path) => path))(addressOf(door, verb)),
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    body,
  };
};

/** Of the connection, not of the answer: Express sends tRPC's answers in chunks. */
const ofTheConnection = /^(date|connection|keep-alive|transfer-encoding|content-length)$/;

const withoutOwn = (text: string): string =>
  text
    .replaceAll(/ey[\w-]+\.[\w-]+\.[\w-]+/g, "<signed>")
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "<id>")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<instant>")
    .replaceAll(/"retryAfterSeconds":\d+/g, '"retryAfterSeconds":<seconds>');

/** What a caller can tell, less what is each call's own; `limited` where waiting times are told. */
export const told = ({ status, headers, body }: RawAnswer, limited: boolean) => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !ofTheConnection.test(name))
      .map(([name, value]) => [name, limited && name === "retry-after" ? "<seconds>" : value]),
  ),
  body: withoutOwn(body),
});
