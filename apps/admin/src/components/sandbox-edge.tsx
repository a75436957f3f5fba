import { Button, absoluteTime } from "@latchkey/ui";
import { useEffect, useState } from "react";
import type { ReactElement } from "react";
import { AdvanceClock } from "../forms/advance-clock.tsx";

/** The lasting sign that nothing here is real: a coloured edge with the sandbox's own clock. */
export const SandboxEdge = ({ offsetMs }: { readonly offsetMs: number }): ReactElement => {
  const [advancing, setAdvancing] = useState(false);
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const now = new Date(nowMs + offsetMs).toISOString();
  return (
    <aside className="sandbox-edge" aria-label="Sandbox">
      <span>
        <strong>Sandbox.</strong> No money moves. It is{" "}
        <time dateTime={now}>{absoluteTime(now)}</time>.
      </span>
      <Button small onClick={() => setAdvancing(true)}>
        Advance the clock…
      </Button>
      {advancing && <AdvanceClock now={now} onClose={() => setAdvancing(false)} />}
    </aside>
  );
};
