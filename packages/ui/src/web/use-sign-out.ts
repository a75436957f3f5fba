import { useMutation } from "@tanstack/react-query";
import { answered, auth } from "./auth.ts";

/** Ends this sign-in and forgets what the page knew, by loading `signInUrl` anew: a path of the host. */
export const useSignOut = (signInUrl: string) =>
  useMutation({
    mutationFn: () => answered(auth.signOut()),
    meta: { leavesPage: true },
    onSuccess: () => window.location.assign(signInUrl),
  });
