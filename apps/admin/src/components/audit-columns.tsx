import type { AuditEntry } from "@latchkey/contracts";
import { Instant } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { Link } from "react-router";
import { paths } from "../paths.ts";

const asText = (value: unknown): string =>
  value === null || value === undefined ? "nothing" : JSON.stringify(value, null, 2);

/** An entry as it travels: what was not recorded is left out. */
type Entry = Omit<AuditEntry, "before" | "after"> & Partial<Pick<AuditEntry, "before" | "after">>;

/** Who did what: the columns wherever audit entries are listed. */
export const auditColumns: readonly Column<Entry>[] = [
  { header: "Time", cell: ({ at }) => <Instant at={at} /> },
  {
    header: "Who",
    cell: ({ actor }) => (
      <>
        {actor.label ?? actor.kind}
        {actor.label !== null && <span className="quiet"> ({actor.kind})</span>}
      </>
    ),
  },
  { header: "Action", cell: ({ action }) => <code>{action}</code> },
  {
    header: "Target",
    cell: ({ targetKind, targetId }) =>
      targetKind === "license" ? (
        <Link to={paths.license(targetId)}>{targetKind}</Link>
      ) : (
        <Link to={paths.audit({ targetId })} title={targetId}>
          {targetKind}
        </Link>
      ),
  },
  {
    header: "Change",
    cell: ({ before = null, after = null }) =>
      before === null && after === null ? (
        "None"
      ) : (
        <details>
          <summary>Before and after</summary>
          <pre className="json">{`${asText(before)}\n→\n${asText(after)}`}</pre>
        </details>
      ),
  },
  {
    header: "From",
    cell: ({ address, requestId }) => (
      <span title={requestId === null ? undefined : `Request ${requestId}`}>
        {address ?? "inside"}
      </span>
    ),
  },
];
