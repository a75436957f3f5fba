import type { License } from "@latchkey/contracts";
import {
  Button,
  CalendarDate,
  CheckField,
  CopyButton,
  Field,
  Notice,
  Section,
  SelectField,
  TextField,
} from "@latchkey/ui";
import { api, AskForm } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";

const daySeconds = 24 * 60 * 60;

const terms = [
  { seconds: daySeconds, label: "1 day" },
  { seconds: 7 * daySeconds, label: "7 days" },
  { seconds: 30 * daySeconds, label: "30 days" },
  { seconds: 90 * daySeconds, label: "90 days" },
  { seconds: 365 * daySeconds, label: "1 year" },
];

const ANY = "any";
const OTHER = "other";

const download = (file: string): void => {
  const url = URL.createObjectURL(new Blob([file], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "license.latchkey";
  link.click();
  URL.revokeObjectURL(url);
};

/** A signed copy of the license for a computer that has no network. */
export const LicenseFileSection = ({ license }: { readonly license: License }): ReactElement => {
  const { whyNot } = useMembership();
  const [target, setTarget] = useState(ANY);
  const machines = useSuspenseInfiniteQuery(queries.machines(license.id));
  const checkOut = useMutation({
    mutationFn: (values: FormValues) => {
      const fingerprint = target === OTHER ? values("fingerprint").trim() : target;
      return api.licenses.file.mutate({
        licenseId: license.id,
        ttl: Number(values("ttl")),
        encrypt: values("encrypt") === "on",
        ...(target !== ANY && { fingerprint }),
      });
    },
  });
  return (
    <Section title="License file">
      <p className="quiet">
        For a computer without internet: save the file, carry it there and open it in the app. It
        takes no seat, and works until it ends.
      </p>
      <AskForm ask={checkOut} submit="Make file" unavailableBecause={whyNot("licenses:manage")}>
        <div className="two-columns">
          <SelectField label="Good for" name="ttl" defaultValue={30 * daySeconds}>
            {terms.map(({ seconds, label }) => (
              <option key={seconds} value={seconds}>
                {label}
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Works on"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
          >
            <option value={ANY}>Any computer</option>
            {machines.data.pages
              .flatMap(({ items }) => items)
              .map(({ id, name, fingerprint }) => (
                <option key={id} value={fingerprint}>
                  {name}
                </option>
              ))}
            <option value={OTHER}>Another computer…</option>
          </SelectField>
        </div>
        {target === OTHER && (
          <Field
            label="Fingerprint"
            name="fingerprint"
            hint="The app shows it under “No internet on this computer?”."
            pattern="[A-Za-z0-9_.:\-]{16,128}"
            title="16 to 128 letters, digits and _ . : -"
            required
          />
        )}
        <CheckField
          label="Encrypt it with the license key"
          name="encrypt"
          hint="Whoever finds the file can then not read what it says."
        />
      </AskForm>
      {checkOut.isSuccess && (
        <div className="stack">
          <Notice
            tone="good"
            action={
              <Button variant="primary" small onClick={() => download(checkOut.data.file)}>
                Save file
              </Button>
            }
          >
            The file is ready. It works until <CalendarDate at={checkOut.data.expiresAt} />.
          </Notice>
          <TextField label="The file as text" value={checkOut.data.file} rows={6} readOnly />
          <div className="row">
            <CopyButton text={checkOut.data.file} label="Copy text" />
          </div>
        </div>
      )}
    </Section>
  );
};
