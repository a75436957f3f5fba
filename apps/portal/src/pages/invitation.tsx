import { Button, buttonClass } from "@latchkey/ui";
import { api, Failure, useSignOut } from "@latchkey/ui/web";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";

/** Where the link in the invitation leads; it joins by a button, since mail scanners open links too. */
export const loader = () => queryClient.ensureQueryData(queries.me());

export const Component = (): ReactElement => {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const signOut = useSignOut(paths.signIn());
  const { data: me } = useSuspenseQuery(queries.me());
  const token = new URLSearchParams(hash.slice(1)).get("token") ?? "";
  const accept = useMutation({
    mutationFn: () => api.members.acceptInvitation.mutate({ token }),
    onSuccess: () => navigate(paths.licenses()),
  });
  const next = paths.invitation({ token });

  if (token === "") {
    return (
      <EntryLayout title="This link is not whole">
        <p>Open the link in the invitation again, or copy it in full.</p>
      </EntryLayout>
    );
  }
  if (me === null) {
    return (
      <EntryLayout title="You are invited">
        <p>
          Sign in, or create an account with the address that the invitation was sent to. After that
          you can join.
        </p>
        <div className="row">
          <Link className={buttonClass({ variant: "primary" })} to={paths.signIn({ next })}>
            Sign in
          </Link>
          <Link className={buttonClass()} to={paths.signUp({ next })}>
            Create an account
          </Link>
        </div>
      </EntryLayout>
    );
  }
  return (
    <EntryLayout
      title="You are invited"
      below={
        <div>
          <Button variant="quiet" onClick={() => signOut.mutate()} busy={signOut.isPending}>
            Sign in as somebody else
          </Button>
        </div>
      }
    >
      <p>
        You are signed in as <strong>{me.email}</strong>. Joining lets you see the licenses of the
        organization that invited you.
      </p>
      <Failure error={accept.error} />
      <div className="row">
        <Button variant="primary" onClick={() => accept.mutate()} busy={accept.isPending}>
          Join
        </Button>
        <Link className={buttonClass()} to={paths.home()}>
          Not now
        </Link>
      </div>
    </EntryLayout>
  );
};
