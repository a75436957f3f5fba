import { Button, Instant, Table } from "@latchkey/ui";
import type { ReactElement } from "react";
import type { LatchkeyState } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { Panel } from "./panel.tsx";
import { waitingWords } from "./state-words.ts";

type Waiting = Extract<LatchkeyState, { readonly name: "waiting" }>;
type Holder = Waiting["holders"][number];

const columns = [
  { header: "Computer", cell: ({ machineName }: Holder) => machineName },
  { header: "Since", cell: ({ startedAt }: Holder) => <Instant at={startedAt} /> },
  {
    header: "Last heard of",
    cell: ({ lastHeartbeatAt }: Holder) => <Instant at={lastHeartbeatAt} />,
  },
];

/** Who holds the seats, newest activity first, while this computer waits for one. */
export const WaitingPanel = ({
  state,
  onOtherKey,
}: {
  readonly state: Waiting;
  readonly onOtherKey: () => void;
}): ReactElement => {
  const holders = state.holders.toSorted((a, b) =>
    b.lastHeartbeatAt.localeCompare(a.lastHeartbeatAt),
  );
  return (
    <Panel words={waitingWords(state)}>
      {holders.length > 0 && (
        <Table
          caption="Who holds the seats"
          columns={columns}
          rows={holders}
          rowKey={({ machineName, startedAt }) => `${machineName} ${startedAt}`}
        />
      )}
      <div className="row">
        <Button variant="primary" onClick={() => void bridge.tryNow()}>
          Ask again now
        </Button>
        <Button onClick={onOtherKey}>Use another key</Button>
        <Button onClick={() => void bridge.release()}>Stop waiting</Button>
        <Button variant="quiet" onClick={() => void bridge.quit()}>
          Quit
        </Button>
      </div>
    </Panel>
  );
};
