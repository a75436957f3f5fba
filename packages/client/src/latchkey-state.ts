import type { LatchkeyError, SeatHolder } from "./latchkey-error.ts";
import { serverTimeMs } from "./state/server-clock.ts";
import type { Now } from "./state/server-clock.ts";
import type { Core } from "./state/model.ts";
import { endServerMs } from "./state/rights.ts";

/** What the app may do by its license while it runs. */
export interface Seat {
  /** `lease`: a seat held from the server. `file`: a license file, without any seat. */
  readonly by: "lease" | "file";
  readonly licenseId: string;
  /** Null with a license file. */
  readonly sessionId: string | null;
  readonly machineId: string | null;
  readonly features: Readonly<Record<string, boolean | string | number>>;
  readonly limits: Readonly<Record<string, number>>;
  /** As of the last answer in this run of the app; null until there was one. */
  readonly seats: { readonly used: number; readonly max: number } | null;
}

/** Of a countdown: the end by the server's time (ISO 8601, UTC), and full minutes rounded up. */
interface Countdown {
  readonly endsAt: string;
  readonly minutesLeft: number;
}

/** What an app draws. `mayRun` is the one question that decides whether it works. */
export type LatchkeyState = { readonly problem: LatchkeyError | null } & (
  | {
      readonly name: "unlicensed" | "released" | "activating" | "acquiring";
      readonly mayRun: false;
    }
  | {
      readonly name: "running";
      readonly mayRun: true;
      readonly seat: Seat;
      /** Only with a license file: a lease is renewed. */
      readonly countdown: Countdown | null;
    }
  | { readonly name: "reconnecting"; readonly mayRun: true; readonly seat: Seat }
  | {
      readonly name: "offline";
      readonly mayRun: true;
      readonly seat: Seat;
      readonly sinceAt: string;
      readonly countdown: Countdown;
    }
  | { readonly name: "lapsed"; readonly mayRun: false; readonly sinceAt: string }
  | {
      readonly name: "waiting";
      readonly mayRun: false;
      readonly maxSeats: number | null;
      readonly usedSeats: number | null;
      readonly holders: readonly SeatHolder[];
    }
  | {
      readonly name: "blocked";
      readonly mayRun: false;
      readonly validationCode: string;
      /** One sentence for a person. */
      readonly detail: string;
      /** False: nobody has proved that the vendor said so. */
      readonly signed: boolean;
    }
);

export type StateName = LatchkeyState["name"];

const iso = (ms: number): string => new Date(ms).toISOString();

const leaseSeat = (core: Core): Seat => {
  const claims = core.lease?.claims;
  return {
    by: "lease",
    licenseId: claims?.sub ?? "",
    sessionId: claims?.sid ?? null,
    machineId: claims?.mch ?? null,
    features: claims?.features ?? {},
    limits: claims?.limits ?? {},
    seats: core.seats,
  };
};

const fileSeat = (core: Core): Seat => ({
  by: "file",
  licenseId: core.file?.claims.sub ?? "",
  sessionId: null,
  machineId: null,
  features: core.file?.claims.features ?? {},
  limits: core.file?.claims.limits ?? {},
  seats: null,
});

const countdown = (core: Core, at: Now): Countdown => {
  const endMs = endServerMs(core) ?? 0;
  const leftMs = core.clock === null ? 0 : endMs - serverTimeMs(core.clock, at);
  return { endsAt: iso(endMs), minutesLeft: Math.max(0, Math.ceil(leftMs / 60_000)) };
};

/** The state machine's core as an app sees it. */
export const viewOf = (core: Core, at: Now): LatchkeyState => {
  const { phase, problem } = core;
  switch (phase.name) {
    case "releasing":
      return { name: "released", mayRun: false, problem };
    case "running":
      return { name: "running", mayRun: true, problem, seat: leaseSeat(core), countdown: null };
    case "filed":
      return {
        name: "running",
        mayRun: true,
        problem,
        seat: fileSeat(core),
        countdown: countdown(core, at),
      };
    case "reconnecting":
      return { name: "reconnecting", mayRun: true, problem, seat: leaseSeat(core) };
    case "offline":
      return {
        name: "offline",
        mayRun: true,
        problem,
        seat: leaseSeat(core),
        sinceAt: iso(phase.sinceServerMs),
        countdown: countdown(core, at),
      };
    case "lapsed":
      return { name: "lapsed", mayRun: false, problem, sinceAt: iso(phase.sinceServerMs) };
    case "waiting": {
      const { maxSeats, usedSeats, holders } = phase.refusal;
      return { name: "waiting", mayRun: false, problem, maxSeats, usedSeats, holders };
    }
    case "blocked": {
      const { detail, signed } = phase.refusal;
      const { validationCode } = phase;
      return { name: "blocked", mayRun: false, problem, validationCode, detail, signed };
    }
    case "unlicensed":
    case "released":
    case "activating":
    case "acquiring":
      return { name: phase.name, mayRun: false, problem };
  }
};
