import type { TestCard } from "@latchkey/core/ports";

type Behaviour =
  | { readonly kind: "succeeds" }
  | {
      readonly kind: "declines";
      readonly declineCode: string;
      readonly remedy: string;
      readonly hard: boolean;
      /** The first renewal that it declines; 0 declines the first payment already. */
      readonly fromRenewal: number;
    }
  | { readonly kind: "needs_authentication" }
  | { readonly kind: "unavailable" };

/** A test card, what its owner sees of it, and what the sandbox does with it. */
export interface SandboxCard extends TestCard {
  readonly brand: string;
  readonly lastFour: string;
  readonly does: Behaviour;
}

const declinesFromRenewal = (renewal: number): SandboxCard => ({
  id: `pm_card_declinesFromRenewal${renewal}`,
  label: `Visa ending 034${renewal}`,
  behaviour: `Succeeds at first and is declined from renewal ${renewal} on`,
  brand: "visa",
  lastFour: `034${renewal}`,
  does: {
    kind: "declines",
    declineCode: "card_declined",
    remedy: "Use another card.",
    hard: false,
    fromRenewal: renewal,
  },
});

/** Every card that the sandbox knows, the ordinary one first; the same card always does the same. */
export const sandboxCards: readonly SandboxCard[] = [
  {
    id: "pm_card_visa",
    label: "Visa ending 4242",
    behaviour: "Succeeds",
    brand: "visa",
    lastFour: "4242",
    does: { kind: "succeeds" },
  },
  {
    id: "pm_card_mastercard",
    label: "Mastercard ending 4444",
    behaviour: "Succeeds",
    brand: "mastercard",
    lastFour: "4444",
    does: { kind: "succeeds" },
  },
  {
    id: "pm_card_declined",
    label: "Visa ending 0002",
    behaviour: "Is declined by the bank",
    brand: "visa",
    lastFour: "0002",
    does: {
      kind: "declines",
      declineCode: "card_declined",
      remedy: "Use another card, or ask your bank why it declined this one.",
      hard: false,
      fromRenewal: 0,
    },
  },
  {
    id: "pm_card_insufficientFunds",
    label: "Visa ending 9995",
    behaviour: "Is declined for insufficient funds",
    brand: "visa",
    lastFour: "9995",
    does: {
      kind: "declines",
      declineCode: "insufficient_funds",
      remedy: "Add money to this account, or use another card.",
      hard: false,
      fromRenewal: 0,
    },
  },
  {
    id: "pm_card_lost",
    label: "Visa ending 9987",
    behaviour: "Is reported lost: no retry can succeed",
    brand: "visa",
    lastFour: "9987",
    does: {
      kind: "declines",
      declineCode: "lost_card",
      remedy: "This card was reported lost. Use another card.",
      hard: true,
      fromRenewal: 0,
    },
  },
  {
    id: "pm_card_authenticationRequired",
    label: "Visa ending 3184",
    behaviour: "Asks you to confirm the payment with your bank",
    brand: "visa",
    lastFour: "3184",
    does: { kind: "needs_authentication" },
  },
  declinesFromRenewal(1),
  declinesFromRenewal(2),
  declinesFromRenewal(3),
  {
    id: "pm_card_gatewayUnavailable",
    label: "Visa ending 0119",
    behaviour: "The payment provider does not answer",
    brand: "visa",
    lastFour: "0119",
    does: { kind: "unavailable" },
  },
];

const cardsById = new Map(sandboxCards.map((card) => [card.id, card]));

/** The card of that token, or undefined where the sandbox has none. */
export const findSandboxCard = (id: string): SandboxCard | undefined => cardsById.get(id);
