/** `npm run faults` itself ends in the middle of a fault, by a signal or killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import path from "node:path";
import { commandOf, descendantsOf, livingProcesses } from "@latchkey/tooling/services";
import { expect, test } from "vitest";
import { form } from "./form.ts";
import { namespaceFile } from "./house/severable-network.ts";

const program = path.join(import.meta.dirname, "main.ts");
/** A house starts in some 3 s; more only on a machine that has much else to do. */
const UP_WITHIN_MS = 120_000;
const GONE_WITHIN_MS = 30_000;

const wholeGroup = (pid: number): number => -pid;
const itAlone = (pid: number): number => pid;

/** The last word of a command line is of the house that the program is in. */
const placeIn = (command: string): string | undefined =>
  /apps\/api\/src\/main\.ts (\S*latchkey-faults-\d+-\S+)/.exec(command)?.[1];

const starting = {
  name: "while its house starts",
  hasCome: (commands: readonly string[]) => commands.some((command) => placeIn(command)),
};
const fault = {
  name: "in its first fault",
  hasCome: (_commands: readonly string[], said: string) => /^begins/m.test(said),
};

/** Two of the files have houses with a network or a disk of their own, which have to go as well. */
const ways = [
  ["Ctrl-C in its terminal", starting, "SIGINT", wholeGroup, "postgres-partition"],
  ["SIGKILL", starting, "SIGKILL", itAlone, "postgres-disk"],
  ["SIGKILL", fault, "SIGKILL", itAlone, "postgres-partition"],
  ["SIGTERM", fault, "SIGTERM", itAlone, "redis"],
  ["SIGINT", fault, "SIGINT", itAlone, "api"],
] as const;

test.each(
  ways
    .slice(0, form.interruptions)
    .map(([by, moment, ...how]) => [by, moment.name, moment.hasCome, ...how] as const),
)(
  "ended by %s %s, a run leaves no server, no client and no folder behind",
  async (_by, _moment, hasCome, signal, target, file) => {
    const run = spawn(process.execPath, [program, "--repetitions", "1", file], {
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    let said = "";
    run.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const exited = once(run, "exit");
    const pid = run.pid ?? 0;
    const commands = (): string[] => descendantsOf(pid).map((each) => commandOf(each) ?? "");
    try {
      await expect.poll(() => hasCome(commands(), said), { timeout: UP_WITHIN_MS }).toBe(true);
      const place =
        commands()
          .map(placeIn)
          .find((found) => found !== undefined) ?? "";
      const house = Number(/latchkey-faults-(\d+)-/.exec(place)?.[1]);
      const started = descendantsOf(pid);
      expect(commands().join("\n")).toMatch(/redis-server/);
      expect(commands().join("\n")).toMatch(/postgres -D /);

      process.kill(target(pid), signal);
      const left = (): unknown[] => [
        ...started.flatMap((each) => commandOf(each) ?? []),
        ...livingProcesses().filter(({ command }) => command.includes(place)),
        ...[place, namespaceFile(house)].filter((each) => fs.existsSync(each)),
      ];
      await exited;
      await expect.poll(left, { timeout: GONE_WITHIN_MS }).toEqual([]);
    } finally {
      if (run.exitCode === null && run.signalCode === null) process.kill(-pid, "SIGKILL");
    }
  },
);
