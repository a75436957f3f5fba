import fc from "fast-check";
import { expect, test } from "vitest";
import { createReplyMeter } from "./reply-meter.ts";

const message = (type: string, body = ""): Buffer => {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, Buffer.from(body)]);
};
const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
const statement = Buffer.concat([message("B", "bound"), message("E", "all"), message("S")]);
const ready = message("Z", "I");
// A row whose text looks like a ReadyForQuery.
const answer = Buffer.concat([message("2"), message("D", ready.toString("latin1")), message("C")]);

const cases: [string, (meter: ReturnType<typeof createReplyMeter>) => void, boolean][] = [
  ["nothing was asked", () => undefined, false],
  ["the startup is unanswered", ({ asked }) => asked(startup), true],
  [
    "a password was asked for and given",
    ({ asked, heard }) => {
      asked(startup);
      heard(message("R", "salt"));
      asked(message("p", "secret"));
      heard(message("R", "good"));
    },
    true,
  ],
  [
    "the startup is answered",
    ({ asked, heard }) => {
      asked(startup);
      heard(ready);
    },
    false,
  ],
  [
    "an answer stopped in the middle",
    ({ asked, heard }) => {
      asked(statement);
      heard(answer);
    },
    true,
  ],
  [
    "one of two statements sent together is answered",
    ({ asked, heard }) => {
      asked(Buffer.concat([statement, statement]));
      heard(Buffer.concat([answer, ready]));
    },
    true,
  ],
  [
    "a description was flushed for",
    ({ asked }) => asked(Buffer.concat([message("P", "select"), message("H")])),
    true,
  ],
  [
    "nothing was asked and a notification came",
    ({ asked, heard }) => {
      asked(message("Q", "listen"));
      heard(Buffer.concat([message("C"), ready]));
      heard(message("A", "news"));
    },
    false,
  ],
];

test.for(cases.map(([what, happen, owed]) => ({ what, happen, owed })))(
  "when $what, it is $owed that an answer is owed",
  ({ happen, owed }) => {
    const meter = createReplyMeter();
    happen(meter);
    expect(meter.owes()).toBe(owed);
  },
);

test("answers count the same wherever the network cuts them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (count, size) => {
      const meter = createReplyMeter();
      for (let n = 0; n < count; n += 1) meter.asked(statement);
      const all = Buffer.concat(Array.from({ length: count }, () => [answer, ready]).flat());
      for (let at = 0; at < all.length; at += size) {
        if (at <= all.length - ready.length) expect(meter.owes()).toBe(true);
        meter.heard(all.subarray(at, at + size));
      }
      expect(meter.owes()).toBe(false);
    }),
  );
});
