import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchMachine } from "./machine-rules.ts";
import type { KnownMachine } from "./machine-rules.ts";

const known = (id: string, components: Record<string, string>, seen = 0): KnownMachine => ({
  id,
  fingerprint: `fingerprint-${id}`,
  components,
  lastSeenAt: new Date(seen),
});

const parts = { board: "b", disk: "d", mac: "m" };

describe("a machine", () => {
  test.each<[string, KnownMachine[], Record<string, string>, string | null]>([
    ["with a new disk is the same", [known("a", parts)], { ...parts, disk: "new" }, "a"],
    [
      "with one old part of three is another",
      [known("a", parts)],
      { board: "b", disk: "x", mac: "x" },
      null,
    ],
    [
      "with half of its parts is another",
      [known("a", { ...parts, cpu: "c" })],
      { board: "b", disk: "d", mac: "x", cpu: "x" },
      null,
    ],
    [
      "that shares the only known part is another",
      [known("a", { board: "b" })],
      { board: "b" },
      null,
    ],
    ["of which nothing was known is another", [known("a", {})], parts, null],
    ["that says nothing of its parts is another", [known("a", parts)], {}, null],
    ["is the one most alike", [known("a", { ...parts, disk: "x" }), known("b", parts)], parts, "b"],
    ["is the one seen last of two alike", [known("a", parts, 1), known("b", parts, 2)], parts, "b"],
    ["may have parts that nobody knew before", [known("a", parts)], { ...parts, cpu: "c" }, "a"],
  ])("%s", (_, machines, components, expected) => {
    const match = matchMachine(machines, { fingerprint: "fingerprint-new", components });
    expect(match?.machine.id ?? null).toBe(expected);
  });

  test("is the one with its fingerprint, whatever its parts", () => {
    const machines = [known("a", parts), known("b", { board: "x" })];
    expect(matchMachine(machines, { fingerprint: "fingerprint-b", components: parts })).toEqual({
      machine: machines[1],
      by: "fingerprint",
    });
  });

  test("is never one of which half or more of the known parts differ", () => {
    const hashes = fc.dictionary(
      fc.constantFrom("a", "b", "c", "d", "e", "f"),
      fc.constantFrom("1", "2"),
    );
    fc.assert(
      fc.property(fc.array(hashes), hashes, (all, components) => {
        const machines = all.map((each, index) => known(`${index}`, each));
        const match = matchMachine(machines, { fingerprint: "fingerprint-new", components });
        if (!match) return;
        const entries = Object.entries(match.machine.components);
        const equal = entries.filter(([name, hash]) => components[name] === hash).length;
        expect(equal * 2).toBeGreaterThan(entries.length);
      }),
    );
  });
});
