import { actingAs } from "../call.ts";
import type { Actor, Call } from "../call.ts";

/** The call as it sees the person's own organizations, also those that it does not act in. */
export const asPerson = (call: Call, userId: string): Call =>
  actingAs(call, { kind: "user", userId, email: "", emailVerified: false });

/** The call as it works before there is a tenant that it could see: making one, joining one. */
export const asHouse = (call: Call, job: string): Call => {
  const house: Actor = { kind: "system", job };
  return actingAs(call, house);
};
