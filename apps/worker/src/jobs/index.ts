import type { Job } from "../job.ts";
import { endTrial } from "./end-trial.ts";
import { expireCheckout } from "./expire-checkout.ts";
import { expireLicense } from "./expire-license.ts";
import { sendMail } from "./send-mail.ts";

/** Every job that a run may name. */
export const jobs: readonly Job[] = [endTrial, expireCheckout, expireLicense, sendMail];
