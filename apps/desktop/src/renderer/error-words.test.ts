import type { LatchkeyError } from "@latchkey/client";
import { ValidationCode } from "@latchkey/contracts";
import { expect, test } from "vitest";
import type { About } from "../ipc.ts";
import { blockedWords, errorWords, mistypedWords } from "./error-words.ts";

const about: About = {
  appName: "Latch",
  appVersion: "1.0.0",
  host: "license.example.com",
  machine: { fingerprint: "linux:3f2a9c5d7e1b4a60" },
  licenseKeptIn: "keychain",
  workPath: "/home/kim/notes.txt",
};

test.each(["unreachable", "timeout", "not_trusted", "server", "rate_limited"] as const)(
  "trouble with the network (%s) is never told as trouble with the license",
  (trouble) => {
    const error = { code: "NETWORK", trouble, detail: "", retryAfterSeconds: null } as const;
    const { headline, body } = errorWords(error, about);
    expect(headline).toMatch(/license server|license\.example\.com/);
    expect(`${headline} ${body}`).not.toMatch(/your license (?!is not affected)|key|expired/i);
    expect(body).toMatch(/try/);
  },
);

test.each(ValidationCode.options)("%s says what to do now, without its code", (code) => {
  const words = blockedWords(code, "");
  expect(words.remedies.length).toBeGreaterThan(0);
  expect(words.body.length).toBeGreaterThan(0);
  expect(`${words.headline} ${words.body}`).not.toMatch(/[A-Z]{2,}|!/);
});

test("a verdict of a newer server is told by its own sentence", () => {
  expect(blockedWords("MOON_PHASE", "The moon is not full.").body).toBe(
    "The moon is not full. The owner of the license can fix it.",
  );
});

test("a typing error names its group where it is known", () => {
  expect(mistypedWords(3)).toBe("That looks like a typing error in the 3rd group.");
  expect(mistypedWords(null)).toMatch(/^That looks like a typing error\. /);
});

const fileReasons: [reason: string, says: RegExp][] = [
  ["other_machine", /another computer/],
  ["expired", /has ended/],
  ["newer_format", /newer version/],
  ["not_from_vendor", /not made by this vendor/],
  ["damaged", /damaged/],
  ["a_reason_of_tomorrow", /damaged/],
];
test.each(fileReasons)("a license file refused for %s is told in words", (reason, says) => {
  const error: LatchkeyError = { code: "FILE_REFUSED", reason, detail: "" };
  expect(errorWords(error, about).body).toMatch(says);
});

test("a refused activation is told by its verdict", () => {
  const refusal: LatchkeyError = {
    code: "LICENSE_NOT_USABLE",
    validationCode: "MACHINE_LIMIT",
    detail: "",
    signed: true,
    requestId: "r-1",
    maxSeats: null,
    usedSeats: null,
    holders: [],
    retryAfterSeconds: null,
  };
  expect(errorWords(refusal, about).headline).toBe("The license is on all the computers it allows");
  expect(
    errorWords({ ...refusal, code: "FORBIDDEN", validationCode: null, detail: "No." }, about),
  ).toEqual({ headline: "The license server refused", body: "No." });
});
