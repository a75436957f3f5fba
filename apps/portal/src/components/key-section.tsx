import type { License } from "@latchkey/contracts";
import { Button, ConfirmDialog, Notice, Section } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { LicenseKey } from "./license-key.tsx";

/** The key: masked until asked for, and replaced where it has leaked. */
export const KeySection = ({ license }: { readonly license: License }): ReactElement => {
  const { whyNot } = useMembership();
  const [replacing, setReplacing] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const reveal = useMutation({
    mutationFn: () => api.licenses.reveal.mutate({ licenseId: license.id }),
    onSuccess: ({ licenseKey }) => setShown(licenseKey),
  });
  const rotate = useMutation({
    mutationFn: () => api.licenses.rotateKey.mutate({ licenseId: license.id }),
    onSuccess: ({ licenseKey }) => {
      setShown(licenseKey);
      setReplacing(false);
    },
  });
  const ending = license.key.slice(-4);
  const mayNotRotate = whyNot("licenses:rotate");
  return (
    <Section title="License key">
      {shown === null ? (
        <div className="row">
          <span className="key-tag">{license.key}</span>
          <Button
            onClick={() => reveal.mutate()}
            busy={reveal.isPending}
            unavailableBecause={whyNot("licenses:manage")}
          >
            Reveal
          </Button>
        </div>
      ) : (
        <>
          {rotate.isSuccess && (
            <Notice tone="good">
              This is the new key. The old one has stopped working; tell your team.
            </Notice>
          )}
          <LicenseKey licenseKey={shown}>
            <Button variant="quiet" small onClick={() => setShown(null)}>
              Hide
            </Button>
          </LicenseKey>
        </>
      )}
      <Failure error={reveal.error} />
      <div className="row row-spread">
        <p className="quiet small">
          Paste it into the app once per computer. If it got into wrong hands, replace it.
        </p>
        <Button
          small
          variant="danger"
          onClick={() => setReplacing(true)}
          unavailableBecause={mayNotRotate}
        >
          Replace key…
        </Button>
      </div>
      {replacing && (
        <ConfirmDialog
          title="Replace the license key?"
          effect={
            <>
              <p>
                The key ending in <code>{ending}</code> stops working at once, for everybody. We
                mail the new one to you.
              </p>
              <p>Computers that are activated stay so, and nobody loses the seat they hold.</p>
            </>
          }
          typed={{ label: `Type ${ending}, the end of the key, to go on`, phrase: ending }}
          confirmLabel="Replace key"
          busy={rotate.isPending}
          failure={<Failure error={rotate.error} />}
          onConfirm={() => rotate.mutate()}
          onClose={() => setReplacing(false)}
        />
      )}
    </Section>
  );
};
