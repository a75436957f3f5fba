import { readKey } from "@latchkey/client";
import type { KeyJudgement } from "../ipc.ts";

const BODY_SYMBOLS = 20;
const GROUP_SYMBOLS = 4;
const GROUPS = 6;

/** A key that goes on with zeros where nothing is typed yet, so that only what is typed can be wrong. */
const filledUp = (groups: readonly string[]): string => {
  const typed = groups.map((group, index) =>
    index > 0 && index === groups.length - 1 ? group.padEnd(GROUP_SYMBOLS, "0") : group,
  );
  const missing = Array.from({ length: GROUPS - typed.length }, () => "0000");
  return [...typed, ...missing].join("-");
};

const groupAtFault = (text: string): number | null => {
  const groups = text.trim().replace(/-$/, "").split("-");
  if (groups.length < 2 || groups.length > GROUPS) return null;
  const reading = readKey(filledUp(groups));
  return reading.ok ? null : reading.group;
};

/**
 * What is to be said of a key while it is typed. As long as symbols are missing only a group that is wrong by
 * itself is named; `prefix` (the product's) tells how many belong to a whole key.
 */
export const judgeKey = (text: string, prefix: string): KeyJudgement => {
  const symbols = text.replace(/[^\p{L}\p{N}]/gu, "").length;
  if (symbols === 0) return { kind: "empty" };
  const isWhole = symbols >= prefix.length + BODY_SYMBOLS;
  // Without dashes one beginning in 32 looks like a whole key of a shorter prefix.
  if (!isWhole && !/\p{Pd}/u.test(text)) return { kind: "incomplete" };
  const reading = readKey(text);
  if (reading.ok) return { kind: "complete", key: reading.key, found: reading.found };
  if (isWhole) return { kind: "mistyped", group: reading.group };
  const group = groupAtFault(text);
  return group === null ? { kind: "incomplete" } : { kind: "mistyped", group };
};
