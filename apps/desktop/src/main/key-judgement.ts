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

const groupAtFault = (groups: readonly string[]): number | null => {
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
  const reading = readKey(text);
  const groups = text.trim().replace(/-$/, "").split("-");
  const isWhole = symbols >= prefix.length + BODY_SYMBOLS;
  // One beginning in 32 looks like a whole key of a shorter prefix; dashes where they belong prove that it is one.
  if (reading.ok && (isWhole || groups.length === GROUPS)) {
    return { kind: "complete", key: reading.key, found: reading.found };
  }
  const group = isWhole && !reading.ok ? reading.group : groupAtFault(groups);
  return isWhole || group !== null ? { kind: "mistyped", group } : { kind: "incomplete" };
};
