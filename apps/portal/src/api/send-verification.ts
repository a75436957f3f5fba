import { answered, auth } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { paths } from "../paths.ts";

/** Sends the mail that confirms an address once more. Throws AuthError. */
export const sendVerification = (email: string) =>
  answered(auth.sendVerificationEmail({ email, callbackURL: paths.mailVerified() }));

export const useSendVerification = () => useMutation({ mutationFn: sendVerification });
