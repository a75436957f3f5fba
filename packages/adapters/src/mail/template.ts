import type { MailFacts } from "@latchkey/core/ports";
import type { ReactElement } from "react";

/** What a template makes of its facts. */
export interface Letter {
  readonly subject: string;
  readonly body: ReactElement;
}

export type Template<Name extends keyof MailFacts> = (facts: MailFacts[Name]) => Letter;
