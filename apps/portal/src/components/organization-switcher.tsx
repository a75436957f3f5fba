import { SelectField } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useNavigate } from "react-router";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { paths } from "../paths.ts";

const NEW = "new";

/** Which organization one works in, and the way into another or a new one. */
export const OrganizationSwitcher = (): ReactElement => {
  const { organization } = useMembership();
  const navigate = useNavigate();
  const { data } = useQuery(queries.organizations());
  const activate = useMutation({
    mutationFn: (organizationId: string) => api.organizations.activate.mutate({ organizationId }),
    onSuccess: () => navigate(paths.licenses()),
  });
  const others = (data?.items ?? []).filter(({ id }) => id !== organization.id);
  return (
    <div className="organization-switcher">
      <SelectField
        label="Organization"
        value={activate.isPending ? activate.variables : organization.id}
        onChange={({ target }) =>
          target.value === NEW
            ? void navigate(paths.newOrganization())
            : activate.mutate(target.value)
        }
      >
        <option value={organization.id}>{organization.name}</option>
        {others.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        <option value={NEW}>New organization…</option>
      </SelectField>
      <Failure error={activate.error} />
    </div>
  );
};
