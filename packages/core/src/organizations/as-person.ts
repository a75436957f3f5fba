import { actingAs } from "../call.ts";
import type { Call } from "../call.ts";

/** The call as it sees the person's own organizations, also those that it does not act in. */
export const asPerson = (call: Call, userId: string): Call =>
  actingAs(call, { kind: "user", userId, email: "", emailVerified: false });
