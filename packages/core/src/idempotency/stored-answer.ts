import { DomainError, errorCatalogue, errorCodes, isDomainError } from "@latchkey/contracts";
import { z } from "zod";
import type { Vault } from "../vault.ts";

const StoredAnswer = z.union([
  z.strictObject({ answer: z.unknown() }),
  z.strictObject({
    error: z.strictObject({ code: z.enum(errorCodes), details: z.unknown(), message: z.string() }),
  }),
]);

/** The first outcome of a request: an answer, or a refusal that repeating would not change. */
export type Outcome = { readonly answer: unknown } | { readonly error: DomainError };

/** Whether the outcome stands for good: a repeat gets it, and is not tried anew. */
export const isLasting = (error: unknown): error is DomainError =>
  isDomainError(error) && !errorCatalogue[error.code].retryable;

/** Seals an outcome for the row: answers carry license keys and links. */
export const sealOutcome = (vault: Vault, outcome: Outcome): Buffer =>
  vault.seal(
    "idempotent-answer",
    JSON.stringify(
      "error" in outcome
        ? {
            error: {
              code: outcome.error.code,
              details: outcome.error.details,
              message: outcome.error.message,
            },
          }
        : outcome,
    ),
  );

/** Opens what sealOutcome sealed. */
export const openOutcome = (vault: Vault, sealed: Uint8Array): Outcome => {
  const stored = StoredAnswer.parse(JSON.parse(vault.open("idempotent-answer", sealed)));
  if (!("error" in stored)) return { answer: stored.answer };
  const { code, details, message } = stored.error;
  return { error: new DomainError(code, errorCatalogue[code].details.parse(details), message) };
};
