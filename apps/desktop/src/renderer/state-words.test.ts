import { mockLatchkey, type MockOptions } from "@latchkey/client/mock";
import { expect, test } from "vitest";
import type { About, LatchkeyState } from "../ipc.ts";
import {
  activatingWords,
  announcement,
  barLevel,
  chipWords,
  lapsedWords,
  offlineWords,
  validityWords,
  waitingWords,
} from "./state-words.ts";

const about: About = {
  appName: "Latch",
  appVersion: "1.0.0",
  host: "license.example.com",
  machine: { fingerprint: "linux:3f2a9c5d7e1b4a60" },
  licenseKeptIn: "keychain",
  workPath: "/home/kim/notes.txt",
};
const now = new Date("2026-11-20T14:06:00Z");
const place = { locale: "en-GB", timeZone: "UTC" };

const stateOf = <Name extends LatchkeyState["name"]>(name: Name, options: MockOptions = {}) => {
  const { state } = mockLatchkey(name, { now, ...options });
  const isNamed = (it: LatchkeyState): it is Extract<LatchkeyState, { name: Name }> =>
    it.name === name;
  if (!isNamed(state)) throw new Error(`The mock is not in ${name}.`);
  return state;
};

const chips: [name: LatchkeyState["name"], options: MockOptions, tone: string, text: string][] = [
  ["unlicensed", {}, "idle", "Not activated"],
  ["activating", {}, "idle", "Checking the key"],
  ["acquiring", {}, "idle", "Taking a seat"],
  ["running", {}, "good", "Seat held"],
  ["running", { seat: { by: "file" } }, "good", "License file"],
  ["reconnecting", {}, "notice", "Reconnecting"],
  ["offline", { minutesLeft: 26 }, "notice", "Offline, 26 min"],
  ["lapsed", {}, "bad", "Paused"],
  ["waiting", {}, "notice", "Waiting for a seat"],
  ["blocked", {}, "bad", "Not usable"],
  ["released", {}, "idle", "No seat"],
];
test.each(chips)("the chip tells %s with %o", (name, options, tone, text) => {
  expect(chipWords(stateOf(name, options), about)).toMatchObject({ tone, text });
});

const bars: [minutesLeft: number, headline: string, body: RegExp][] = [
  [26, "Offline. Latch keeps working until 14:32 (26 min).", /colleague meanwhile/],
  [11, "Offline. Latch keeps working until 14:17 (11 min).", /colleague meanwhile/],
  [10, "10 min left offline, until 14:16.", /Nothing will be lost/],
  [3, "3 min left offline, until 14:09.", /Nothing will be lost/],
  [2, "2 min left.", /pause Latch at 14:08/],
  [1.5, "1 min 30 s left.", /pause Latch at 14:07/],
  [0.25, "15 s left.", /pause Latch at 14:06/],
];
test.each(bars)("with %d minutes left the bar says “%s”", (minutesLeft, headline, body) => {
  const words = offlineWords(stateOf("offline", { minutesLeft }), about, now.getTime(), place);
  expect(words.headline).toBe(headline);
  expect(words.body).toMatch(body);
});

test("the bar comes back at ten and at two minutes", () => {
  expect([30, 11, 10, 3, 2, 0].map(barLevel)).toEqual([
    "calm",
    "calm",
    "last_ten",
    "last_ten",
    "last_two",
    "last_two",
  ]);
});

test("a screen reader is told at 30, 10, 5 and 2 minutes, and interrupted at 2 alone", () => {
  const endsAt = now.getTime() + 30 * 60_000;
  const told = Array.from({ length: 31 }, (_, minute) => {
    const at = new Date(endsAt - (30 - minute) * 60_000);
    return announcement(stateOf("offline", { now: at, minutesLeft: 30 - minute }), about, place);
  });
  const changes = told.filter(({ text }, index) => text !== told[index - 1]?.text);
  expect(changes).toEqual([
    { text: "Offline. Latch keeps working until 14:36.", urgent: false },
    { text: "10 minutes left offline, until 14:36. Nothing will be lost.", urgent: false },
    { text: "5 minutes left offline, until 14:36. Nothing will be lost.", urgent: false },
    { text: "2 minutes left offline, until 14:36. Nothing will be lost.", urgent: true },
  ]);
});

test("checking a key says more the longer it takes", () => {
  expect([0, 2.9, 3, 9.9, 10].map((seconds) => activatingWords(seconds, about))).toEqual([
    "Checking your key…",
    "Checking your key…",
    "Contacting license.example.com…",
    "Contacting license.example.com…",
    "This takes longer than usual.",
  ]);
});

test("a lapse names the host, the time and where the work is", () => {
  expect(lapsedWords(stateOf("lapsed"), about, now.getTime(), place)).toEqual({
    headline: "Paused: no contact with license.example.com since 14:05",
    body: "Your work is saved at /home/kim/notes.txt. Latch goes on by itself when the license server answers.",
  });
});

test("a lapse of another day has its date", () => {
  const later = now.getTime() + 3 * 86_400_000;
  expect(lapsedWords(stateOf("lapsed"), about, later, place).headline).toContain(
    "since 20 November 2026, 14:05",
  );
});

const waiting: [options: MockOptions, headline: string, body: RegExp][] = [
  [{ maxSeats: 1 }, "The only seat is in use", /first seat that is free/],
  [{ maxSeats: 10 }, "All 10 seats are in use", /first seat that is free/],
  [{ maxSeats: 3, usedSeats: 5 }, "All 3 seats are in use", /5 sessions are open on 3 seats/],
];
test.each(waiting)("waiting with %o says “%s”", (options, headline, body) => {
  const words = waitingWords(stateOf("waiting", options));
  expect(words.headline).toBe(headline);
  expect(words.body).toMatch(body);
});

test("a license without an end runs as long as it is paid", () => {
  expect(validityWords(null)).toBe("as long as it is paid");
  expect(validityWords("2026-12-24T12:00:00Z", place)).toBe("until 24 December 2026");
});
