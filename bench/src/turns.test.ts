import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTurns } from "./turns.ts";

describe("createTurns", () => {
  test("never gives a session out twice, in whatever order answers come, and counts its requests", () => {
    const orders = fc.array(fc.nat(), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), orders, (count, order) => {
        const turns = createTurns(count);
        const open = new Map<number, number>();
        const answered = new Map<number, number>();
        for (const [index, pick] of order.entries()) {
          if (open.size === count) {
            const [oldest = -1, session] = [...open][pick % open.size] ?? [];
            open.delete(oldest);
            const given = turns.giveBack(oldest);
            answered.set(given.session, (answered.get(given.session) ?? 0) + 1);
            expect(given).toEqual({ session, step: answered.get(given.session) });
          }
          const session = turns.take(index);
          expect([...open.values()]).not.toContain(session);
          open.set(index, session);
        }
      }),
    );
  });

  test("refuses more requests at once than sessions, and answers to none", () => {
    const turns = createTurns(1);
    turns.take(0);
    expect(() => turns.take(1)).toThrow("fewer sessions");
    expect(() => turns.giveBack(1)).toThrow("not under way");
  });
});
