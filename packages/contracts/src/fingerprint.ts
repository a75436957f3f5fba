import { z } from "zod";

export const Fingerprint = z.string().regex(/^[A-Za-z0-9_.:-]{16,128}$/, {
  error: "must be 16 to 128 characters of A-Z, a-z, 0-9, _ . : -",
});

/** Up to 12 named hashes of single parts of the hardware, so that one new part is recognised. */
export const FingerprintComponents = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/), z.string().regex(/^[A-Za-z0-9_.:-]{8,128}$/))
  .refine((components) => Object.keys(components).length <= 12, {
    error: "at most 12 components",
  });
export type FingerprintComponents = z.infer<typeof FingerprintComponents>;
