import { UserId } from "@latchkey/contracts";
import { asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { MailDeps } from "./deps.ts";

/*
 * What authentication asks for. It acts for people who are not signed in, and what it tells belongs to
 * no organization, so these run as the house. A link lets its holder in: it leaves sealed.
 */

interface AccountLink {
  readonly userId: string;
  /** Absolute; it carries a token. */
  readonly url: string;
}

const asHouse = (call: Call): Call => asSystem(call, "authentication");

const seal = ({ vault }: MailDeps, url: string): string =>
  vault.seal("event-secret", url).toString("base64url");

/** Asks for the mail by which a person proves their address. */
export const requestVerification =
  (deps: MailDeps) =>
  async (call: Call, { userId, url }: AccountLink): Promise<void> => {
    await inTransaction(deps.database, asHouse(call), (tx) =>
      emit(tx, asHouse(call), {
        type: "user.verification_requested",
        organizationId: null,
        payload: { userId: UserId.parse(userId), sealedUrl: seal(deps, url) },
      }),
    );
  };

/** Asks for the mail by which a person chooses a new password. */
export const requestPasswordReset =
  (deps: MailDeps) =>
  async (call: Call, { userId, url }: AccountLink): Promise<void> => {
    await inTransaction(deps.database, asHouse(call), (tx) =>
      emit(tx, asHouse(call), {
        type: "user.password_reset_requested",
        organizationId: null,
        payload: { userId: UserId.parse(userId), sealedUrl: seal(deps, url) },
      }),
    );
  };

/** Asks for the mail that tells the owner of an address that somebody signed up with it again. */
export const reportRepeatedSignUp =
  ({ database }: MailDeps) =>
  async (call: Call, { userId }: { userId: string }): Promise<void> => {
    await inTransaction(database, asHouse(call), (tx) =>
      emit(tx, asHouse(call), {
        type: "user.sign_up_repeated",
        organizationId: null,
        payload: { userId: UserId.parse(userId) },
      }),
    );
  };
