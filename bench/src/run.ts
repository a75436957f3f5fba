/** One run: servers up, rounds, what is stored compared with what was acknowledged, servers down. */
import os from "node:os";
import { createContext } from "./context.ts";
import type { Options } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { Run } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { openVendor } from "./seed.ts";
import { withServers } from "./servers.ts";
import { demandStored, readSurroundings } from "./surroundings.ts";

/** Measures what the options say. Throws for a wrong answer, for a loss, and the signal's reason. */
export const measure = (
  { json: _json, markdown: _markdown, only, ...sizes }: Options,
  signal: AbortSignal,
  progress: Progress,
): Promise<Run> =>
  withServers({ signal, report: progress.show }, async (servers) => {
    const [startedAt, loadBefore] = [new Date(), os.loadavg()];
    const surroundings = await readSurroundings(servers);
    const vendor = await openVendor(servers);
    const context = createContext({ servers, vendor, sizes, signal, progress });
    try {
      await runRounds(context, only);
    } finally {
      await vendor.close();
    }
    const { rows, figures, acknowledged } = context;
    const loadAfter = os.loadavg();
    await demandStored(servers, acknowledged);
    return {
      startedAt,
      options: sizes,
      surroundings,
      loadBefore,
      loadAfter,
      rows,
      figures,
      acknowledged,
    };
  });
