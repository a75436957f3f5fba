import { errorCodes } from "@latchkey/contracts";
import type { Problem } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { AuthError } from "./auth.ts";
import { explain } from "./explain.ts";

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

test.each(errorCodes)("%s is told as a sentence with a remedy and its request", (code) => {
  const { title, remedy, requestId } = explain(refused({ code }));
  expect(title).toBe("What the verb said.");
  expect(remedy).toMatch(/^[A-Z].*\.$/);
  expect(requestId).toBe("r-1");
});

describe("the remedy", () => {
  test("is the server's where it names one", () => {
    expect(explain(refused({ details: { remedy: "Ask Kim." } })).remedy).toBe("Ask Kim.");
  });

  test("says how long to wait where the server does", () => {
    const error = refused({ code: "RATE_LIMITED", details: { retryAfterSeconds: 7 } });
    expect(explain(error).remedy).toBe("Try again in 7 seconds.");
  });
});

test("an input that was refused is told by its messages, not by its field names", () => {
  const issues = [{ path: ["name"], message: "Give the organization a name." }];
  const error = refused({ code: "BAD_REQUEST", detail: "name: Give …", issues });
  expect(explain(error)).toMatchObject({ title: "Give the organization a name.", issues });
});

test.each([new TypeError("Failed to fetch"), TRPCClientError.from(new Error("<!doctype html>"))])(
  "an answer that is not the server's is told as network trouble",
  (error) => {
    expect(explain(error)).toMatchObject({ title: "Latchkey did not answer.", requestId: null });
  },
);

test("a wrong password does not tell which of the two was wrong", () => {
  const error = new AuthError({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
  expect(explain(error).title).toBe("Mail address and password do not match.");
});

test("a refusal of sign-in that we have no words for is told in the server's", () => {
  const error = new AuthError({ status: 400, code: "NEW", message: "Too easy to guess." });
  expect(explain(error).title).toBe("Too easy to guess.");
});
