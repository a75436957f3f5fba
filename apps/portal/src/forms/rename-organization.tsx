import { Field, Section } from "@latchkey/ui";
import { api, AskForm } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";

export const RenameOrganization = (): ReactElement => {
  const { organization, whyNot } = useMembership();
  const rename = useMutation({
    mutationFn: (values: FormValues) => api.organizations.rename.mutate({ name: values("name") }),
  });
  return (
    <Section
      title="Name of the organization"
      aside={rename.isSuccess && <span role="status">Saved</span>}
    >
      <AskForm ask={rename} submit="Save name" unavailableBecause={whyNot("organization:write")}>
        <Field
          label="Name"
          name="name"
          defaultValue={organization.name}
          maxLength={100}
          autoComplete="organization"
          required
        />
      </AskForm>
    </Section>
  );
};
