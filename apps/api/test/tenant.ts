import { z } from "zod";
import type { Person, TestApi } from "./api-server.ts";

/** A customer with one of everything that an id can name, made over HTTP. */
export interface Tenant {
  readonly owner: Person;
  readonly member: Person;
  readonly checkoutSessionId: string;
  readonly invitationId: string;
  readonly licenseId: string;
  readonly licenseKey: string;
  readonly machineId: string;
  readonly sessionId: string;
  readonly lease: string;
  readonly fingerprint: string;
}

const Checkout = z.object({ id: z.string() });
const Paid = z.object({ licenseId: z.string(), licenseKey: z.string() });
const Activated = z.object({ machine: z.object({ id: z.string() }) });
const Held = z.object({ session: z.object({ id: z.string() }), lease: z.string() });
const Invited = z.object({ id: z.string() });

/** Signs up, starts the trial of Starter, activates a machine, takes a seat, invites and employs somebody. */
export const makeTenant = async (api: TestApi): Promise<Tenant> => {
  const [owner, member] = await Promise.all([api.signUp(), api.signUp()]);
  await api.join(member, owner.organizationId, "member");
  const { token } = owner;
  const fingerprint = `machine:${owner.userId}`;
  const post = async <Schema extends z.ZodType>(path: string, json: object, schema: Schema) => {
    const answer = await api.request(`/api/v1${path}`, { json, token });
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw new Error(`${path} answered ${JSON.stringify(answer.body)}`);
  };
  const { id: checkoutSessionId } = await post(
    "/checkout/sessions",
    { plan: "starter", interval: "month", trial: true },
    Checkout,
  );
  const { body } = await api.request(`/api/v1/checkout/sessions/${checkoutSessionId}`, { token });
  const { licenseId, licenseKey } = Paid.parse(body);
  const machine = { licenseKey, fingerprint };
  const activated = await post("/licenses/activate", machine, Activated);
  const held = await post("/licenses/acquire", machine, Held);
  const email = `${owner.userId}-guest@customer.test`;
  const invited = await post("/members/invitations", { email, role: "member" }, Invited);
  return {
    owner,
    member,
    checkoutSessionId,
    invitationId: invited.id,
    licenseId,
    licenseKey,
    machineId: activated.machine.id,
    sessionId: held.session.id,
    lease: held.lease,
    fingerprint,
  };
};
