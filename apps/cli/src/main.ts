import { fleetUsage } from "./fleet/fleet-arguments.ts";
import { licenseCommand, licenseUsage } from "./license-command.ts";
import { UsageError } from "./usage-error.ts";

/** Judging a file is over before the fleet's modules would be loaded. */
const fleetCommand = async (args: readonly string[]): Promise<number> => {
  const command = await import("./fleet/fleet-command.ts");
  return command.fleetCommand(args);
};

const commands: Readonly<Record<string, (args: readonly string[]) => number | Promise<number>>> = {
  license: licenseCommand,
  fleet: fleetCommand,
};

const usage = `${licenseUsage}\n\n${fleetUsage}`;

/** Runs the command that is named and answers its exit code. Throws UsageError. */
const run = (args: readonly string[]): number | Promise<number> => {
  const [noun = "", ...rest] = args;
  if (noun === "--help" || noun === "-h") {
    console.log(usage);
    return 0;
  }
  const command = Object.hasOwn(commands, noun) ? commands[noun] : undefined;
  if (command === undefined) throw new UsageError(usage);
  return command(rest);
};

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
