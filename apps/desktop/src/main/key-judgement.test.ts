import fc from "fast-check";
import { expect, test } from "vitest";
import { generateLicenseKey } from "@latchkey/license-crypto";
import type { KeyJudgement } from "../ipc.ts";
import { judgeKey } from "./key-judgement.ts";

const key = "LATCH-7K2M-Q9XB-40TD-V8HN-3CFH";

const cases: [title: string, text: string, expected: KeyJudgement][] = [
  ["says nothing of an empty field", " - ", { kind: "empty" }],
  ["waits while the prefix is typed", "LAT", { kind: "incomplete" }],
  ["waits while a group is typed", "LATCH-7K2M-Q9", { kind: "incomplete" }],
  ["waits after a dash", "LATCH-7K2M-", { kind: "incomplete" }],
  ["waits for the rest of a key without dashes", "latch7k2mq9xb40td", { kind: "incomplete" }],
  ["waits for the last group", "LATCH-7K2M-Q9XB-40TD-V8HN-3", { kind: "incomplete" }],
  ["names a group that is too short", "LATCH-7K2M-Q9-40", { kind: "mistyped", group: 3 }],
  ["names a group that is too long", "LATCH-7K2M-Q9XBB", { kind: "mistyped", group: 3 }],
  ["names a group with an impossible symbol", "LATCH-7U2M-Q", { kind: "mistyped", group: 2 }],
  [
    "names no group when only the check symbol disagrees",
    key.replace("7K2M", "7K2N"),
    { kind: "mistyped", group: null },
  ],
  ["gives up on a text without any key", "x".repeat(300), { kind: "mistyped", group: null }],
];

test.each(cases)("%s", (_title, text, expected) => {
  expect(judgeKey(text, "LATCH")).toEqual(expected);
});

test("no beginning of a right key is ever called wrong, and the whole is complete", () => {
  fc.assert(
    fc.property(fc.constantFrom("AB", "LATCH", "ABCDEFGHIJKL"), fc.boolean(), (prefix, dashes) => {
      const right = generateLicenseKey(prefix);
      const typed = dashes ? right : right.replaceAll("-", "").toLowerCase();
      for (let length = 1; length < typed.length; length += 1) {
        expect(judgeKey(typed.slice(0, length), prefix)).toEqual({ kind: "incomplete" });
      }
      expect(judgeKey(typed, prefix)).toEqual({ kind: "complete", key: right, found: false });
    }),
  );
});

test("takes the key of another product too: the server is to say so", () => {
  const other = generateLicenseKey("AB");
  expect(judgeKey(other, "LATCH")).toEqual({ kind: "complete", key: other, found: false });
});

test("finds the key in a whole mail", () => {
  const right = generateLicenseKey("LATCH");
  expect(judgeKey(`Hello,\nyour key: ${right}\nBest wishes`, "LATCH")).toEqual({
    kind: "complete",
    key: right,
    found: true,
  });
});
