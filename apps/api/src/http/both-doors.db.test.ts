/**
 * The hot path and Express answer alike: every case goes to an API as it is served and to one whose hot
 * path is left out, at the REST and at the tRPC address, and all that a caller, the log and the metrics
 * can tell must be equal, but for what is each call's own: ids, instants and signed bytes.
 */
import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { contract, listProcedures } from "@latchkey/contracts";
import { createTestCore, testSecret } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { TestApi } from "../../test/api-server.ts";
import { inputsOf } from "../../test/arbitraries.ts";
import { hangUp, sendRaw } from "../../test/raw-request.ts";
import type { RawRequest } from "../../test/raw-request.ts";
import { leftToExpress, ofTheBody, ofTheHead, ofTheVerbs } from "../../test/seat-cases.ts";
import { addressOf, doors, makeScene, told, toRaw } from "../../test/seat-requests.ts";
import type { Case, Door, Verb } from "../../test/seat-requests.ts";

const loggedErrors: unknown[] = [];
let world: TestCore;
let hot: TestApi;
let express: TestApi;
beforeAll(async () => {
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (details: unknown) => void loggedErrors.push(details),
  };
  world = await createTestCore({ log });
  const options = { secret: testSecret, logLevel: "debug" } as const;
  hot = await startTestApi(world, options);
  express = await startTestApi(world, { ...options, hotPath: false });
});
afterAll(async () => {
  await Promise.all([hot.close(), express.close()]);
  await world.close();
});

let requests = 0;
const newRequestId = () => `both-doors-${(requests += 1)}`;

const LogLine = z.looseObject({ requestId: z.string().optional() });
/** The one line that the API logs of the request, less times and where it ran. */
const lineOf = async (api: TestApi, requestId: string) => {
  const find = () =>
    api.logLines
      .map((line) => LogLine.parse(JSON.parse(line)))
      .filter((line) => line.requestId === requestId);
  await expect.poll(find).toHaveLength(1);
  const [{ time: _time, milliseconds: _milliseconds, ...line } = {}] = find();
  return line;
};

const ask = async (api: TestApi, one: Case, verb: Verb, door: Door, requestId: string) => {
  const scene = await makeScene(world);
  await one.prepare?.(scene, world);
  const before = api.countHotRequests();
  const answer = await sendRaw(api.url, toRaw(one, verb, door, scene, requestId));
  const line = await lineOf(api, requestId);
  return { answer, line, hotRequests: api.countHotRequests() - before };
};

const table = [...ofTheVerbs, ...ofTheBody, ...ofTheHead, ...leftToExpress].flatMap((one) =>
  (one.verbs ?? (["acquire", "heartbeat", "release"] as const)).flatMap((verb) =>
    doors.map((door) => ({ ...one, one, verb, door })),
  ),
);

describe("the hot path and Express answer alike", () => {
  test.each(table)("$door $verb: $title", async ({ one, verb, door, status, by }) => {
    const requestId = newRequestId();
    const served = await ask(hot, one, verb, door, requestId);
    const alone = await ask(express, one, verb, door, requestId);
    const limited = served.answer.body.includes("retryAfterSeconds");
    expect(told(served.answer, limited)).toEqual(told(alone.answer, limited));
    expect(served.line).toEqual(alone.line);
    if (status !== "any") {
      const expected = typeof status === "number" ? status : status[doors.indexOf(door)];
      expect(served.answer.status, served.answer.body).toBe(expected);
    }
    expect([served.hotRequests, alone.hotRequests]).toEqual([by === "hot path" ? 1 : 0, 0]);
    expect(served.answer.headers["x-request-id"]).toBe(requestId);
  });

  test("and count alike", async () => {
    const countsOf = async (api: TestApi) =>
      String((await api.request("/metrics")).body)
        .split("\n")
        .filter((line) => line.startsWith("latchkey_procedure_duration_seconds_count"))
        .toSorted();
    const counts = await countsOf(hot);
    expect(counts.length).toBeGreaterThan(10);
    expect(counts).toEqual(await countsOf(express));
  });
});

describe("whatever bytes are sent", () => {
  const hotProcedures = listProcedures().filter(({ procedure }) => procedure.hotPath);
  const verbs = Object.keys(contract.seats) as Verb[];

  test("the contract puts the seat path, and nothing else, on the hot path", () => {
    expect(hotProcedures.map(({ path }) => path)).toEqual(verbs.map((verb) => `seats.${verb}`));
  });

  const jsonText = (verb: Verb) =>
    inputsOf(contract.seats[verb].input, {}).map((input) => JSON.stringify(input) ?? "");
  const cut = (text: fc.Arbitrary<string>) =>
    fc
      .tuple(text, fc.nat(), fc.string({ unit: "binary", maxLength: 3 }))
      .map(([whole, at, put]) => {
        const from = at % (whole.length + 1);
        return whole.slice(0, from) + put + whole.slice(from + 1);
      });

  test.each(verbs)("%s answers alike", { timeout: 60_000 }, async (verb) => {
    const text = jsonText(verb);
    const sent = fc.oneof(
      text.map((whole) => Buffer.from(whole)),
      cut(text).map((whole) => Buffer.from(whole)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map((raw) => Buffer.from(raw)),
    );
    await fc.assert(
      fc.asyncProperty(sent, fc.constantFrom(...doors), async (body, door) => {
        const raw: RawRequest = {
          method: "POST",
          path: addressOf(door, verb),
          headers: {
            "content-type": "application/json",
            "content-length": body.length,
            "x-request-id": newRequestId(),
          },
          body: [body],
        };
        const answers = [await sendRaw(hot.url, raw), await sendRaw(express.url, raw)] as const;
        expect(told(answers[0], true)).toEqual(told(answers[1], true));
        expect(answers[0].status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a caller who hangs up", () => {
  const announced = (body: string): RawRequest => ({
    method: "POST",
    path: addressOf("REST", "heartbeat"),
    headers: { "content-type": "application/json", "content-length": "1000" },
    body: [body],
  });

  test.each([
    ["before the body", []],
    ["in the middle of the body", ['{"lease":']],
  ])("%s leaves nothing behind, neither a line nor an error", async (_when, body) => {
    const lines = hot.logLines.length;
    for (let time = 0; time < 20; time += 1) await hangUp(hot.url, { ...announced(""), body });
    const { lease } = await makeScene(world);
    const beat = await hot.request(addressOf("REST", "heartbeat"), { json: { lease } });
    expect(beat.status).toBe(200);
    await sleep(20);
    expect(hot.logLines.length).toBe(lines + 1);
    expect(loggedErrors).toEqual([]);
  });

  test("before the answer has its call carried out all the same", async () => {
    const scene = await makeScene(world);
    const body = JSON.stringify({ lease: scene.lease });
    const whole = { ...announced(body), headers: { ...announced("").headers } };
    whole.headers["content-length"] = String(body.length);
    const heartbeats = async () =>
      String((await hot.request("/metrics")).body).match(
        /_count\{procedure="seats.heartbeat",outcome="OK"\} (\d+)/,
      )?.[1];
    const before = Number(await heartbeats());
    await hangUp(hot.url, whole);
    await expect.poll(async () => Number(await heartbeats())).toBe(before + 1);
    expect(loggedErrors).toEqual([]);
  });
});

test("a server that closes finishes the call under way, and says that the connection ends", async () => {
  const closing = await startTestApi(world, { secret: testSecret });
  const { lease } = await makeScene(world);
  const body = JSON.stringify({ lease });
  const { port } = new URL(closing.url);
  const request = http.request({
    port,
    method: "POST",
    path: addressOf("tRPC", "heartbeat"),
    agent: new http.Agent({ keepAlive: true }),
    headers: {
      "content-type": "application/json",
      "content-length": body.length,
      expect: "100-continue",
    },
  });
  request.flushHeaders();
  await once(request, "continue");
  const closed = closing.close();
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).once("error", reject);
  });
  request.end(body);
  const response = await answered;
  expect([response.statusCode, response.headers.connection]).toEqual([200, "close"]);
  response.resume();
  await closed;
});
