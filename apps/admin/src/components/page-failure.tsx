import { buttonClass } from "@latchkey/ui";
import { FailedPage, NotFound } from "@latchkey/ui/web";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { paths } from "../paths.ts";

const nothingHere = (
  <NotFound
    action={
      <Link className={buttonClass({ variant: "primary" })} to={paths.licenses()}>
        See all licenses
      </Link>
    }
  >
    The id may be mistyped, or belong to something that was removed.
  </NotFound>
);

/** What stands where a page could not be shown; the frame around it stays. */
export const PageFailure = (): ReactElement => <FailedPage notFound={nothingHere} />;

/** The same where there is no frame. */
export const BarePageFailure = (): ReactElement => (
  <main className="entry">
    <PageFailure />
  </main>
);

/** For an address that leads to no page. */
export const BareNotFound = (): ReactElement => <main className="entry">{nothingHere}</main>;
