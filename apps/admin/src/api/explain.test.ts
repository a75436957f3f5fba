import { errorCodes } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";
import { explain } from "./explain.ts";

test.each(errorCodes)("%s is told as a sentence with a remedy and its request", (code) => {
  const problem = {
    type: "urn:latchkey:error",
    title: "Title of the catalogue.",
    status: 400,
    detail: "What the verb said.",
    code,
    requestId: "r-1",
  };
  const error = TRPCClientError.from({
    error: { code: -32_600, message: "refused", data: { problem } },
  });
  expect(explain(error)).toMatchObject({ title: "What the verb said.", requestId: "r-1" });
  expect(explain(error).remedy).toMatch(/^[A-Z].*\.$/);
});

test("an answer that is not the server's is told as network trouble", () => {
  expect(explain(new TypeError("Failed to fetch")).title).toBe("Latchkey did not answer.");
});
