import { LicenseId } from "@latchkey/contracts";
import { z } from "zod";
import { defineJob } from "../job.ts";

export const expireLicense = defineJob({
  name: "expire-license",
  payload: z.strictObject({ licenseId: LicenseId }),
  retry: { attempts: 12, firstWaitMs: 1_000 },
  run: (core, call, payload) => core.licensing.expireLicense(call, payload),
});
