import { Field } from "@latchkey/ui";
import { api, AskForm, useSignOut } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useNavigate } from "react-router";
import { forPerson } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";

export const loader = forPerson(() => null);

export const Component = (): ReactElement => {
  const { data: me } = useSuspenseQuery(queries.me());
  const navigate = useNavigate();
  const signOut = useSignOut(paths.signIn());
  const create = useMutation({
    mutationFn: (values: FormValues) => api.organizations.create.mutate({ name: values("name") }),
    onSuccess: () => navigate(paths.licenses()),
  });
  return (
    <EntryLayout
      title="New organization"
      below={
        me?.activeOrganization ? (
          <Link to={paths.licenses()}>Back to {me.activeOrganization.name}</Link>
        ) : (
          <span>
            Not {me?.email}?{" "}
            <button type="button" className="link" onClick={() => signOut.mutate()}>
              Sign out
            </button>
          </span>
        )
      }
    >
      <p className="quiet">
        Licenses, members and invoices belong to an organization. You become its owner.
      </p>
      <AskForm ask={create} submit="Create organization">
        <Field label="Name" name="name" autoComplete="organization" maxLength={100} required />
      </AskForm>
    </EntryLayout>
  );
};
