import { parseArgs } from "node:util";
import { readText } from "../read-text.ts";
import { UsageError } from "../usage-error.ts";

export const fleetUsage = `Usage: latchkey fleet [options]

Runs simulated desktops with the real client against a server, and judges by the signed leases that
they are given whether it keeps its promises.

  --host URL         the server; repeat it for several nodes         (http://localhost:4700)
  --key-file PATH    license keys to use, one per line
  --key KEY          the same, repeatable; others on this machine can read a command line
  --alone            with keys: nobody else uses their licenses, so a missing seat is a lost release
  --licenses N       without keys: buy so many in a sandbox server   (1)
  --plan SLUG        of what is bought                               (starter)
  --machines N       desktops, spread over the licenses              (20)
  --for TIME         such as 90s, 10m or 1h                          (1m)
  --speed N          the desktops' clocks run N times faster, 1 to 90 (60: a heartbeat every 5 s)
  --churn P          of the desktops, P % a minute quit and return   (20)
  --crash P          … vanish without a word and return              (10)
  --sleep P          … sleep for a while                             (10)
  --partition P      … lose their network for a while                (10)
  --seed N           the same seed decides the same; else a new one
  --json             print nothing but the verdict, as JSON

Buying reads the verification mails as staff: put the password into LATCHKEY_STAFF_PASSWORD (and the
address into LATCHKEY_STAFF_EMAIL, if it is not staff@latchkey.test). Ctrl-C ends early and in order.

Exit code: 0 no promise broken, 1 violated, 2 called wrongly or no server to ask.`;

export interface FleetArguments {
  readonly hosts: readonly string[];
  /** Empty where licenses are to be bought. */
  readonly keys: readonly string[];
  /** Whether somebody outside the fleet may hold seats of the licenses: of bought ones nobody can. */
  readonly shared: boolean;
  readonly buy: number;
  readonly plan: string;
  readonly machines: number;
  readonly forMs: number;
  readonly speed: number;
  readonly behaviour: {
    readonly churnPerMinute: number;
    readonly crashPerMinute: number;
    readonly sleepPerMinute: number;
    readonly partitionPerMinute: number;
  };
  readonly seed: number;
  readonly json: boolean;
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        host: texts,
        key: texts,
        "key-file": text,
        alone: { type: "boolean", default: false },
        licenses: text,
        plan: text,
        machines: text,
        for: text,
        speed: text,
        churn: text,
        crash: text,
        sleep: text,
        partition: text,
        seed: text,
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(
      `${error instanceof Error ? error.message : "Unknown option."}\nSee latchkey fleet --help.`,
    );
  }
};

const wholeNumber = (
  name: string,
  value: string,
  [least, most]: readonly [number, number],
): number => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most) {
    throw new UsageError(
      `--${name} must be a whole number from ${least} to ${most}, not "${value}".`,
    );
  }
  return number;
};

/** A share of the machines per minute, given in percent. */
const share = (name: string, value: string): number => {
  const percent = Number(value.replace(/ ?%$/, ""));
  if (value.trim() === "" || !(percent >= 0 && percent <= 6_000)) {
    throw new UsageError(
      `--${name} must be a percentage of the desktops per minute, such as 20, not "${value}".`,
    );
  }
  return percent / 100;
};

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

const duration = (value: string): number => {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(value) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? 0);
  if (ms < 1000 || ms > 86_400_000) {
    throw new UsageError(`--for must be a time such as 90s, 10m or 1h, up to 24h, not "${value}".`);
  }
  return ms;
};

const origin = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--host must be an address such as http://localhost:4700, not "${value}".`,
    );
  }
  return url.origin;
};

/** Null when help was asked for. Throws UsageError, naming the option and what it should be. */
export const readFleetArguments = (args: readonly string[]): FleetArguments | null => {
  const values = parse(args);
  if (values.help) return null;
  const keyFile = values["key-file"];
  const keys = [
    ...(values.key ?? []),
    ...(keyFile === undefined ? [] : readText(keyFile, "The file of license keys").split("\n")),
  ]
    .map((key) => key.trim())
    .filter((key) => key !== "");
  if (keyFile !== undefined && keys.length === 0) {
    throw new UsageError(`--key-file holds no license key: ${keyFile}`);
  }
  if (keys.length > 0 && values.licenses !== undefined) {
    throw new UsageError("Pass either license keys or --licenses, which buys new ones.");
  }
  if (keys.length === 0 && values.alone) {
    throw new UsageError(
      "--alone is said of license keys: pass --key-file. Bought ones are alone.",
    );
  }
  const { churn = "20", crash = "10", sleep = "10", partition = "10" } = values;
  return {
    hosts: (values.host ?? ["http://localhost:4700"]).map(origin),
    keys: [...new Set(keys)],
    shared: keys.length > 0 && !values.alone,
    buy: wholeNumber("licenses", values.licenses ?? "1", [1, 500]),
    plan: values.plan ?? "starter",
    machines: wholeNumber("machines", values.machines ?? "20", [1, 20_000]),
    forMs: duration(values.for ?? "1m"),
    speed: wholeNumber("speed", values.speed ?? "60", [1, 90]),
    behaviour: {
      churnPerMinute: share("churn", churn),
      crashPerMinute: share("crash", crash),
      sleepPerMinute: share("sleep", sleep),
      partitionPerMinute: share("partition", partition),
    },
    seed: wholeNumber("seed", values.seed ?? String(Date.now() % 1_000_000), [0, 2 ** 31]),
    json: values.json,
  };
};
