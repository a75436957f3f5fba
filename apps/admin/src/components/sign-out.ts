import { useMutation } from "@tanstack/react-query";
import { answered, auth } from "../api/auth.ts";
import { base, paths } from "../paths.ts";

/** Ends this sign-in and forgets what the page knew, by loading it anew. */
export const useSignOut = () =>
  useMutation({
    mutationFn: () => answered(auth.signOut()),
    meta: { leavesPage: true },
    onSuccess: () => window.location.assign(`${base}${paths.signIn()}`),
  });
