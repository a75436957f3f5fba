import type { SandboxPaymentPage } from "@latchkey/contracts";
import { Button, Dialog, Money, buttonClass } from "@latchkey/ui";
import { api } from "@latchkey/ui/web";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { useParams } from "react-router";
import type { LoaderFunctionArgs } from "react-router";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { explain } from "../api/explain.ts";

export const loader = ({ params }: LoaderFunctionArgs) =>
  queryClient.ensureQueryData(queries.sandboxPaymentPage(params["checkoutSessionId"] ?? ""));

/** Another party's page: it knows nothing of the portal, and looks it. */
export const Component = (): ReactElement => {
  const { checkoutSessionId = "" } = useParams();
  const { data: bill } = useSuspenseQuery(queries.sandboxPaymentPage(checkoutSessionId));
  return (
    <main className="bank">
      <title>Sandbox payments</title>
      <p className="bank-stripe">Sandbox payments: no real money moves here</p>
      <div className="bank-page">
        <header className="bank-bill">
          <p className="quiet">{bill.organizationName} pays</p>
          <h1>
            {bill.planName}, by the {bill.interval}
          </h1>
          <p className="bank-total">
            <Money {...bill.total} />
          </p>
        </header>
        {bill.status === "open" ? <CardForm bill={bill} /> : <Closed bill={bill} />}
      </div>
    </main>
  );
};

const Closed = ({ bill }: { readonly bill: SandboxPaymentPage }): ReactElement =>
  bill.status === "complete" ? (
    <>
      <p>This has been paid. It is not charged a second time.</p>
      <div>
        <a className={buttonClass({ variant: "primary" })} href={bill.successUrl}>
          Go on
        </a>
      </div>
    </>
  ) : (
    <>
      <p>This payment page has ended. Nothing was charged.</p>
      <div>
        <a className={buttonClass()} href={bill.cancelUrl}>
          Go back
        </a>
      </div>
    </>
  );

const CardForm = ({ bill }: { readonly bill: SandboxPaymentPage }): ReactElement => {
  const [card, setCard] = useState(bill.cards[0]?.id ?? "");
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const pay = useMutation({
    mutationFn: (authenticated: boolean) =>
      api.sandbox.pay.mutate({ checkoutSessionId: bill.id, card, authenticated }),
    onMutate: () => setRefused(null),
    onSuccess: ({ status, error, successUrl }) => {
      setAsking(status === "needs_authentication");
      if (status === "declined") {
        setRefused(`The card was declined. ${error?.message ?? "Use another card."}`);
      }
      if (status === "complete") window.location.assign(successUrl ?? bill.successUrl);
    },
    onError: () => setAsking(false),
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        pay.mutate(false);
      }}
    >
      <fieldset className="bank-cards">
        <legend>Pay with a test card</legend>
        {bill.cards.map(({ id, label, behaviour }) => (
          <label key={id} className="bank-card">
            <input
              type="radio"
              name="card"
              value={id}
              checked={id === card}
              onChange={() => setCard(id)}
            />
            <span>
              {label}
              <br />
              <span className="quiet small">{behaviour}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Trouble refused={refused} failed={pay.error} />
      <div className="row">
        <Button
          type="submit"
          variant="primary"
          busy={pay.isPending || (pay.isSuccess && !asking && refused === null)}
        >
          Pay <Money {...bill.total} />
        </Button>
        <a href={bill.cancelUrl}>Cancel and go back</a>
      </div>
      {asking && (
        <Dialog
          title="Your bank asks"
          onClose={() => {
            setAsking(false);
            setRefused("You did not confirm the payment. Nothing was charged.");
          }}
        >
          <p>
            Is it you who pays <Money {...bill.total} />? A real bank would ask in its own app.
          </p>
          <div className="dialog-actions">
            <Button
              onClick={() => {
                setAsking(false);
                setRefused("You did not confirm the payment. Nothing was charged.");
              }}
            >
              No
            </Button>
            <Button variant="primary" busy={pay.isPending} onClick={() => pay.mutate(true)}>
              Yes, it is me
            </Button>
          </div>
        </Dialog>
      )}
    </form>
  );
};

const Trouble = ({
  refused,
  failed,
}: {
  readonly refused: string | null;
  readonly failed: unknown;
}): ReactNode => {
  if (refused !== null) {
    return (
      <div className="bank-message" role="alert">
        {refused}
      </div>
    );
  }
  if (failed === null) return null;
  const { title, remedy } = explain(failed);
  return (
    <div className="bank-message" role="alert">
      <strong>{title}</strong> {remedy}
    </div>
  );
};
