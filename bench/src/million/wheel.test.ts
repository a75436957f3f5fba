import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWheel } from "./wheel.ts";

const turnMs = 100;

describe("the wheel", () => {
  test("gives everybody once, in order, and nobody too early", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: turnMs - 1, noNaN: true }), { maxLength: 50 }),
        fc.array(fc.nat(40), { maxLength: 20 }),
        (instants, steps) => {
          const wheel = createWheel({ count: instants.length, turnMs });
          for (const [member, atMs] of instants.entries()) wheel.add(member, atMs);
          const taken: number[] = [];
          let nowMs = 0;
          for (const step of [...steps, turnMs]) {
            nowMs += step;
            wheel.take(nowMs, (member) => {
              expect(instants[member]).toBeLessThan(nowMs + 1);
              taken.push(member);
            });
          }
          const order = taken.map((member) => Math.floor(instants[member] ?? NaN));
          expect(order).toEqual(order.toSorted((one, other) => one - other));
          expect(taken.toSorted((one, other) => one - other)).toEqual([...instants.keys()]);
        },
      ),
    );
  });

  test("turns on and on for who is put in again", () => {
    const wheel = createWheel({ count: 1, turnMs });
    wheel.add(0, 5);
    const seen: number[] = [];
    for (let nowMs = 0; nowMs < 10.5 * turnMs; nowMs += 7) {
      wheel.take(nowMs, (member, atMs) => {
        seen.push(atMs);
        wheel.add(member, atMs + turnMs - 1);
      });
    }
    expect(seen).toEqual([5, 104, 203, 302, 401, 500, 599, 698, 797, 896, 995]);
  });

  test("takes who is put in again at once at the next look, not a turn later", () => {
    const wheel = createWheel({ count: 1, turnMs });
    wheel.add(0, 5);
    const seen: number[] = [];
    wheel.take(5, (member, atMs) => {
      wheel.add(member, atMs);
    });
    wheel.take(6, (_member, atMs) => seen.push(atMs));
    expect(seen).toEqual([6]);
  });

  test("takes who comes too late for the own slot at the next look", () => {
    const wheel = createWheel({ count: 1, turnMs });
    wheel.take(50, () => undefined);
    wheel.add(0, 20);
    const seen: number[] = [];
    wheel.take(51, (member) => seen.push(member));
    expect(seen).toEqual([0]);
  });
});
