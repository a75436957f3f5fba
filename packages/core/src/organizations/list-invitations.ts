import type { Invitation, membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toInvitation } from "./describe.ts";
import * as invitationStore from "./invitation-store.ts";

/** The invitations that can still be accepted, oldest first. Throws FORBIDDEN, BAD_REQUEST. */
export const listInvitations =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { limit, cursor }: z.output<typeof membersContract.listInvitations.input>,
  ): Promise<{ items: Invitation[]; nextCursor: string | null }> => {
    const { organizationId } = authorizeMember(call, "members:read");
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      invitationStore.listOpenInvitations(tx, organizationId, { after, limit: limit + 1 }),
    );
    return toPage(rows, limit, ({ invitedAt, id }) => ({ at: invitedAt, id }), toInvitation);
  };
