import { fleetLine, fleetTable } from "./fleet-view.ts";
import type { Moment } from "./fleet-view.ts";

/** Where people watch: a terminal is drawn anew, anything else gets a line now and then. */
export interface FleetScreen {
  /** One line that stays. */
  say(line: string): void;
  show(moment: Moment): void;
}

const LINE_EVERY_MS = 5_000;

/** A line in what is no terminal comes every 5 s. */
export const createFleetScreen = (stream: NodeJS.WriteStream): FleetScreen => {
  let drawn = 0;
  let lineAtMs = -Infinity;
  const erase = (): void => {
    // From the margin: a Ctrl-C was echoed to where the cursor stands.
    if (drawn > 0) stream.write(`\r\u001B[${drawn}A\u001B[0J`);
    drawn = 0;
  };
  return {
    say: (line) => {
      erase();
      stream.write(`${line}\n`);
    },
    show: (moment) => {
      if (!stream.isTTY) {
        if (performance.now() - lineAtMs < LINE_EVERY_MS) return;
        lineAtMs = performance.now();
        stream.write(`${fleetLine(moment)}\n`);
        return;
      }
      // A terminal that is recorded may say that it has no size.
      const [columns, rows] = [stream.columns || 80, stream.rows || 24];
      // One line less than the window, whose last one holds the cursor.
      const lines = fleetTable(moment, columns).slice(0, Math.max(1, rows - 1));
      erase();
      stream.write(`${lines.join("\n")}\n`);
      drawn = lines.length;
    },
  };
};
