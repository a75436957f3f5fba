/** What each state says; the texts of the whole window stand here and in error-words.ts. */
import type { About, LatchkeyState } from "../ipc.ts";
import { calendarDate, clockTime, recentTime, timeLeft, type Place } from "./clock-words.ts";

export interface Words {
  readonly headline: string;
  readonly body: string;
}

type Tone = "good" | "notice" | "bad" | "idle";
type In<Name extends LatchkeyState["name"]> = Extract<LatchkeyState, { readonly name: Name }>;

/** The chip in the status bar; `hint` is its tooltip. */
export const chipWords = (
  state: LatchkeyState,
  { host, appName }: About,
): { readonly tone: Tone; readonly text: string; readonly hint: string } => {
  switch (state.name) {
    case "running":
      return state.seat.by === "file"
        ? { tone: "good", text: "License file", hint: `${appName} runs by a license file.` }
        : { tone: "good", text: "Seat held", hint: `A seat is held at ${host}.` };
    case "reconnecting": {
      const hint = `Trying to reach ${host}. You can go on working.`;
      return { tone: "notice", text: "Reconnecting", hint };
    }
    case "offline": {
      const hint = `Working offline, ${state.countdown.minutesLeft} min left.`;
      return { tone: "notice", text: `Offline, ${state.countdown.minutesLeft} min`, hint };
    }
    case "lapsed":
      return { tone: "bad", text: "Paused", hint: `There is no contact with ${host}.` };
    case "waiting":
      return { tone: "notice", text: "Waiting for a seat", hint: "All seats are in use." };
    case "blocked":
      return { tone: "bad", text: "Not usable", hint: "The license cannot be used now." };
    case "released":
      return { tone: "idle", text: "No seat", hint: `${appName} is read-only without a seat.` };
    case "unlicensed":
      return { tone: "idle", text: "Not activated", hint: `${appName} needs a license key.` };
    case "activating":
      return { tone: "idle", text: "Checking the key", hint: `Asking ${host}.` };
    case "acquiring":
      return { tone: "idle", text: "Taking a seat", hint: `Asking ${host}.` };
  }
};

/** What is said while a key is checked, by how long it takes already. */
export const activatingWords = (forSeconds: number, { host }: About): string => {
  if (forSeconds >= 10) return "This takes longer than usual.";
  return forSeconds >= 3 ? `Contacting ${host}…` : "Checking your key…";
};

export type BarLevel = "calm" | "last_ten" | "last_two";

/** How urgent an offline countdown is; the bar comes back when this changes. */
export const barLevel = (minutesLeft: number): BarLevel => {
  if (minutesLeft <= 2) return "last_two";
  return minutesLeft <= 10 ? "last_ten" : "calm";
};

/** The bar over the work while the app runs without its server. */
export const offlineWords = (
  { countdown }: In<"offline">,
  { appName }: About,
  nowMs: number,
  place: Place = {},
): Words => {
  const at = clockTime(countdown.endsAt, place);
  const left = timeLeft(countdown, nowMs);
  switch (barLevel(countdown.minutesLeft)) {
    case "last_two":
      return {
        headline: `${left} left.`,
        body: `We save your work and pause ${appName} at ${at}.`,
      };
    case "last_ten":
      return {
        headline: `${left} left offline, until ${at}.`,
        body: "Save your work. Nothing will be lost.",
      };
    case "calm":
      return {
        headline: `Offline. ${appName} keeps working until ${at} (${left}).`,
        body: "Your seat may be given to a colleague meanwhile. We try again every 5 minutes and as soon as the network is back.",
      };
  }
};

/** Minutes left at which a screen reader is told; between them the text stays, so it is told once. */
const ANNOUNCED_AT = [2, 5, 10, 30];

export interface Announcement {
  readonly text: string;
  /** Interrupts what is being read: the last two minutes alone. */
  readonly urgent: boolean;
}

/** What a screen reader is told of the state, in words that change only when it should speak. */
export const announcement = (
  state: LatchkeyState,
  about: About,
  place: Place = {},
): Announcement => {
  if (state.name !== "offline") return { text: chipWords(state, about).hint, urgent: false };
  const { endsAt, minutesLeft } = state.countdown;
  const threshold = ANNOUNCED_AT.find((minutes) => minutesLeft <= minutes);
  const until = clockTime(endsAt, place);
  if (threshold === undefined || threshold === 30) {
    return { text: `Offline. ${about.appName} keeps working until ${until}.`, urgent: false };
  }
  return {
    text: `${threshold} minutes left offline, until ${until}. Nothing will be lost.`,
    urgent: threshold === 2,
  };
};

/** Without contact past the grace: the work is saved and the app pauses. */
export const lapsedWords = (
  { sinceAt }: In<"lapsed">,
  { appName, host, workPath }: About,
  nowMs: number,
  place: Place = {},
): Words => ({
  headline: `Paused: no contact with ${host} since ${recentTime(sinceAt, nowMs, place)}`,
  body: `Your work is saved at ${workPath}. ${appName} goes on by itself when the license server answers.`,
});

/** All seats are taken. */
export const waitingWords = ({ maxSeats, usedSeats }: In<"waiting">): Words => ({
  headline:
    maxSeats === null
      ? "All seats are in use"
      : maxSeats === 1
        ? "The only seat is in use"
        : `All ${maxSeats} seats are in use`,
  body:
    maxSeats !== null && usedSeats !== null && usedSeats > maxSeats
      ? `${usedSeats} sessions are open on ${maxSeats} seats. You get the first seat that is free: we ask every minute.`
      : "You get the first seat that is free: we ask every minute, and go on as soon as there is one.",
});

/** How long a license runs, for the popover. */
export const validityWords = (endsAt: string | null, place: Place = {}): string =>
  endsAt === null ? "as long as it is paid" : `until ${calendarDate(endsAt, place)}`;
