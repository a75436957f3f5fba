import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { readableLine } from "./log-lines.ts";

const plain = (line: string) => {
  const readable = readableLine(line);
  return readable === null ? null : stripVTControlCharacters(readable);
};

test("shows level, message and fields of a JSON line, without what one terminal does not need", () => {
  const line = JSON.stringify({
    level: 40,
    time: 0,
    pid: 7,
    hostname: "h",
    msg: "slow request",
    verb: "acquire seat",
    durationMs: 12,
    err: { type: "Error", message: "too late", stack: "Error: too late\n    at x" },
  });
  expect(plain(line)).toMatch(
    /^\d\d:\d\d:\d\d warn {2}slow request verb="acquire seat" durationMs=12 err="too late"$/,
  );
});

test("reads a time that is ISO text as well", () => {
  expect(plain('{"level":30,"time":"2026-01-01T10:20:30.000Z","msg":"up"}')).toMatch(
    /^\d\d:20:30 info {2}up$/,
  );
});

test.each([
  ["a plain line stays as it is", "PORT must be a number", "PORT must be a number"],
  ["half a JSON line stays as it is", '{"level":30,', '{"level":30,'],
  ["a line of a stack is left to the log file", "    at main (file:///x.ts:1:1)", null],
  ["so is the place where it was thrown", "file:///app/main.ts:12", null],
  ["and the mark below it", "      ^", null],
  ["an empty line is left out", "  ", null],
])("%s", (_title, line, expected) => {
  expect(plain(line)).toBe(expected);
});
