import { z } from "zod";

const Env = z.object({
  LATCHKEY_STAFF_EMAIL: z.string().default("staff@latchkey.test"),
  LATCHKEY_STAFF_PASSWORD: z.string().optional(),
});

export interface StaffLogin {
  readonly email: string;
  readonly password: string;
}

/** The staff's login, by which a sandbox's mails can be read; null without a password. */
export const readStaffLogin = (): StaffLogin | null => {
  const { LATCHKEY_STAFF_EMAIL: email, LATCHKEY_STAFF_PASSWORD: password = "" } = Env.parse(
    process.env,
  );
  return password === "" ? null : { email, password };
};
