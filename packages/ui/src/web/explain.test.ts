import { errorCodes } from "@latchkey/contracts";
import type { Problem } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AuthError } from "./auth.ts";
import { explainWith } from "./explain.ts";
import { tryAgainIn } from "./try-again-in.ts";

const remedies = z
  .record(z.enum(errorCodes), z.string())
  .parse(Object.fromEntries(errorCodes.map((code) => [code, `Remedy of ${code}.`])));
const explain = explainWith(remedies);

const refused = (problem: Partial<Problem>) =>
  TRPCClientError.from({
    error: {
      code: -32_600,
      message: "refused",
      data: {
        problem: {
          type: "urn:latchkey:error",
          title: "Title of the catalogue.",
          status: 400,
          detail: "What the verb said.",
          code: "CONFLICT",
          requestId: "r-1",
          ...problem,
        },
      },
    },
  });

test.each(errorCodes)(
  "%s is told by the verb's sentence, the app's remedy and its request",
  (code) => {
    expect(explain(refused({ code }))).toEqual({
      title: "What the verb said.",
      remedy: `Remedy of ${code}.`,
      requestId: "r-1",
    });
  },
);

describe("the remedy", () => {
  test("is the server's where it names one", () => {
    expect(explain(refused({ details: { remedy: "Ask Kim." } })).remedy).toBe("Ask Kim.");
  });

  test("says how long to wait where the server does", () => {
    const error = refused({ code: "RATE_LIMITED", details: { retryAfterSeconds: 7 } });
    expect(explain(error).remedy).toBe("Try again in 7 seconds.");
  });
});

test.each([
  [1, "Try again in 1 second."],
  [119, "Try again in 119 seconds."],
  [120, "Try again in 2 minutes."],
  [841, "Try again in 15 minutes."],
])("a wait of %i seconds is told in words", (seconds, sentence) => {
  expect(tryAgainIn(seconds)).toBe(sentence);
});

test("an input that was refused is told by its messages, not by its field names", () => {
  const issues = [{ path: ["name"], message: "Give the organization a name." }];
  const error = refused({ code: "BAD_REQUEST", detail: "name: Give …", issues });
  expect(explain(error).title).toBe("Give the organization a name.");
});

test.each([new TypeError("Failed to fetch"), TRPCClientError.from(new Error("<!doctype html>"))])(
  "an answer that is not the server's is told as network trouble",
  (error) => {
    expect(explain(error)).toMatchObject({ title: "Latchkey did not answer.", requestId: null });
  },
);

describe("a refusal of sign-in", () => {
  test("does not tell whether the address or the password was wrong", () => {
    const error = new AuthError({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
    expect(explain(error).title).toBe("Mail address and password do not match.");
  });

  test("says how long to wait after too many tries", () => {
    const error = new AuthError({ status: 429, code: "RATE_LIMITED", retryAfterSeconds: 600 });
    expect(explain(error).remedy).toBe("Try again in 10 minutes.");
  });

  test("tells an input by its messages, not by its field names", () => {
    const message = "The password is easy to guess.";
    const issues = [{ path: ["newPassword"], message }];
    const error = new AuthError({ status: 400, message: `newPassword: ${message}`, issues });
    expect(explain(error).title).toBe(message);
  });

  test("is told in the server's words where we have none", () => {
    const error = new AuthError({ status: 400, code: "NEW", message: "Too easy to guess." });
    expect(explain(error).title).toBe("Too easy to guess.");
  });

  test.each([
    [401, "Your sign-in has ended."],
    [503, "Sign-in does not work right now."],
    [0, "Sign-in did not answer."],
  ])("with status %i and no code that we know is told by its status", (status, title) => {
    expect(explain(new AuthError({ status })).title).toBe(title);
  });
});
