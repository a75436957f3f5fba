import { z } from "zod";

/**
 * What a validation found, in the order of judgement: the first that applies wins, so that no later
 * code hides a license that may not run. `valid` is true for the last two alone.
 */
export const ValidationCode = z.enum([
  "NOT_FOUND",
  "REVOKED",
  "SUSPENDED",
  "EXPIRED",
  "PRODUCT_MISMATCH",
  "VERSION_NOT_ALLOWED",
  "FEATURE_MISSING",
  "FINGERPRINT_BANNED",
  "NO_MACHINE",
  "FINGERPRINT_MISMATCH",
  "MACHINE_LIMIT",
  "SEATS_EXHAUSTED",
  "PAST_DUE",
  "VALID",
]);
export type ValidationCode = z.infer<typeof ValidationCode>;
