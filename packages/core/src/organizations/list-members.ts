import type { Member, membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toMember } from "./describe.ts";
import * as memberStore from "./member-store.ts";

/** The organization's members, first joined first. Throws FORBIDDEN, BAD_REQUEST for a made-up cursor. */
export const listMembers =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { limit, cursor }: z.output<typeof membersContract.list.input>,
  ): Promise<{ items: Member[]; nextCursor: string | null }> => {
    const { organizationId } = authorizeMember(call, "members:read");
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      memberStore.listMembers(tx, organizationId, { after, limit: limit + 1 }),
    );
    return toPage(rows, limit, ({ joinedAt, userId }) => ({ at: joinedAt, id: userId }), toMember);
  };
