import { describe, expect, test } from "vitest";
import { lossOf } from "./run.ts";

const state = {
  sequence: 0,
  ended: 0,
  expired: 0,
  updates: 0,
  hotUpdates: 0,
  deadTuples: 0,
  vacuums: 0,
  walBytes: 0,
  checkpoints: 0,
  sessionsMiB: 0,
};
const beaten = {
  latenciesMs: new Float32Array(),
  due: 10,
  acknowledged: 8,
  unanswered: 2,
  failures: new Map<string, number>(),
  elapsedSeconds: 1,
};
const before = { ...state, sequence: 100 };

describe("the end of a run", () => {
  test.each([
    ["every acknowledged heartbeat is stored", { sequence: 108 }],
    ["unanswered ones are stored too", { sequence: 110 }],
  ])("is well when %s", (_what, after) => {
    expect(lossOf({ beaten, before, after: { ...state, ...after } })).toBeNull();
  });

  test.each([
    ["an acknowledged heartbeat is lacking", { sequence: 107 }],
    ["more is stored than was sent", { sequence: 111 }],
    ["a session ended", { sequence: 108, ended: 1 }],
    ["a session expired", { sequence: 108, expired: 1 }],
  ])("is a loss when %s", (_what, after) => {
    expect(lossOf({ beaten, before, after: { ...state, ...after } })).toContain("heartbeats");
  });
});
