import { styleText } from "node:util";

/** pino's levels. */
const levels: Readonly<Record<number, [name: string, style: "red" | "yellow" | "gray" | "green"]>> =
  {
    10: ["trace", "gray"],
    20: ["debug", "gray"],
    30: ["info", "green"],
    40: ["warn", "yellow"],
    50: ["error", "red"],
    60: ["fatal", "red"],
  };

/** Fields that a person at one terminal does not need. */
const noise = new Set(["level", "time", "msg", "pid", "hostname", "name", "app", "v"]);

const parse = (line: string): Map<string, unknown> | null => {
  if (!line.startsWith("{")) return null;
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? new Map(Object.entries(parsed)) : null;
  } catch {
    return null;
  }
};

const valueText = (value: unknown): string => {
  if (typeof value === "string") return /\s/.test(value) ? JSON.stringify(value) : value;
  // Of a logged error the message is for the terminal; the stack stays in the log file.
  if (typeof value === "object" && value !== null && "message" in value) {
    return JSON.stringify(value.message);
  }
  return JSON.stringify(value) ?? "";
};

/** What Node prints around an error's message when a process crashes: the stack, and where it was thrown. */
const crashFraming = /^\s+at\s|^node:internal\/|^file:\/\/\S+:\d+$|^\s*\^+$|^Node\.js v\d/;

const messageOf = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * One line of an application's log as a person reads it: time, level, message, then the remaining fields as
 * key=value. Anything that is not JSON stays as it is; the framing of a crash gives null.
 */
export const readableLine = (line: string): string | null => {
  if (line.trim() === "" || crashFraming.test(line)) return null;
  const entry = parse(line);
  if (entry === null) return line;
  const [name, style] = levels[Number(entry.get("level"))] ?? ["info", "green"];
  const instant = entry.get("time");
  // pino's default is a number; ISO text is a common choice.
  const at = new Date(typeof instant === "number" || typeof instant === "string" ? instant : NaN);
  const time = Number.isNaN(at.getTime()) ? "" : at.toTimeString().slice(0, 8);
  const fields = [...entry]
    .filter(([key]) => !noise.has(key))
    .map(([key, value]) => styleText("gray", `${key}=${valueText(value)}`));
  return [time, styleText(style, name.padEnd(5)), messageOf(entry.get("msg")), ...fields]
    .filter((part) => part !== "")
    .join(" ");
};
