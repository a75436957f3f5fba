import { Button, buttonClass } from "@latchkey/ui";
import { useSignOut } from "@latchkey/ui/web";
import type { ReactElement } from "react";
import { useMe } from "../api/staff.ts";
import { base, paths } from "../paths.ts";
import { EntryLayout } from "./entry-layout.tsx";

/** For a customer who came to the wrong door, or a colleague who is not staff yet. */
export const NotStaff = (): ReactElement => {
  const me = useMe();
  const signOut = useSignOut(`${base}${paths.signIn()}`);
  return (
    <EntryLayout title="This app is for the vendor’s staff">
      <p>
        You are signed in as <strong>{me.email}</strong>, who is not staff. Your licenses are in the
        portal. If you should be staff, ask a colleague with the role admin.
      </p>
      <div className="row">
        <a className={buttonClass({ variant: "primary" })} href="/">
          Go to the portal
        </a>
        <Button onClick={() => signOut.mutate()} busy={signOut.isPending}>
          Sign in as somebody else
        </Button>
      </div>
    </EntryLayout>
  );
};
