/** A client without a server, a clock or keys, for an app's tests of its own windows. */
import type { LicenseInfo } from "./answers.ts";
import type { LatchkeyError, NetworkError, SeatHolder } from "./latchkey-error.ts";
import type { LatchkeyState, Seat, StateName } from "./latchkey-state.ts";
import type { Latchkey } from "./latchkey.ts";

export interface MockOptions {
  /** Of the countdown in `offline`, and in `running` with a license file. */
  readonly minutesLeft?: number;
  /** The present moment; the platform's wall clock by default. */
  readonly now?: Date;
  readonly seat?: Partial<Seat>;
  readonly problem?: LatchkeyError | null;
  /** Of `blocked`. */
  readonly validationCode?: string;
  readonly detail?: string;
  readonly signed?: boolean;
  /** Of `waiting`. */
  readonly maxSeats?: number;
  readonly usedSeats?: number;
  readonly holders?: readonly SeatHolder[];
}

export interface MockLatchkey extends Latchkey {
  /** Goes to another state and tells the subscribers. */
  become(name: StateName, options?: MockOptions): void;
}

/**
 * A client in the state `name`. Its verbs succeed and move it as a willing server would: `activate`
 * and `acquire` to `running`, `release` to `released`. Time and network change nothing by themselves:
 * use `become`.
 */
export const mockLatchkey = (name: StateName, options: MockOptions = {}): MockLatchkey => {
  let state = mockState(name, options);
  const listeners = new Set<(state: LatchkeyState) => void>();
  const become = (next: StateName, changes: MockOptions = {}): void => {
    state = mockState(next, { ...options, ...changes });
    for (const listener of listeners) listener(state);
  };
  const fileRefused = async () =>
    ({
      ok: false,
      error: {
        code: "FILE_REFUSED",
        reason: "not_a_license_file",
        detail: "A mock has no keys to check a file with.",
      },
    }) as const;

  return {
    become,
    ready: Promise.resolve(),
    get state() {
      return state;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    activate: async () => {
      become("running");
      const machine = {
        id: mockIds.machine,
        name: "Mock machine",
        fingerprint: "mock-fingerprint-0001",
        activatedAt: nowOf(options).toISOString(),
      };
      return { ok: true, license: mockLicense, machine };
    },
    acquire: async () => {
      become("running");
      return { ok: true, state };
    },
    release: async () => {
      become("released");
      return { ok: true };
    },
    validate: async () => ({
      ok: true,
      validation: {
        valid: true,
        code: "VALID",
        detail: "The license is valid.",
        license: mockLicense,
      },
    }),
    file: { import: fileRefused, verify: fileRefused },
    networkReturned: () => {},
    tryNow: () => {},
    stop: async () => become("released"),
  };
};

const mockIds = {
  license: "00000000-0000-7000-8000-000000000001",
  session: "00000000-0000-7000-8000-000000000002",
  machine: "00000000-0000-7000-8000-000000000003",
} as const;

const mockLicense: LicenseInfo = {
  id: mockIds.license,
  status: "active",
  product: { id: "00000000-0000-7000-8000-000000000004", name: "Mock product" },
  plan: { slug: "starter", name: "Starter" },
  maxSeats: 3,
  features: {},
  limits: {},
  expiresAt: null,
  graceEndsAt: null,
};

const outage: NetworkError = {
  code: "NETWORK",
  trouble: "unreachable",
  detail: "The server cannot be reached.",
  retryAfterSeconds: null,
};

const nowOf = ({ now }: MockOptions): Date => now ?? new Date();

const countdownOf = (options: MockOptions) => {
  const minutesLeft = options.minutesLeft ?? 30;
  const endMs = nowOf(options).getTime() + minutesLeft * 60_000;
  return { endsAt: new Date(endMs).toISOString(), minutesLeft: Math.ceil(minutesLeft) };
};

const mockState = (name: StateName, options: MockOptions): LatchkeyState => {
  const seat: Seat = {
    by: "lease",
    licenseId: mockIds.license,
    sessionId: mockIds.session,
    machineId: mockIds.machine,
    features: {},
    limits: {},
    seats: { used: 1, max: 3 },
    ...options.seat,
  };
  const problem = options.problem ?? null;
  const sinceAt = new Date(nowOf(options).getTime() - 60_000).toISOString();
  switch (name) {
    case "running":
      return {
        name,
        mayRun: true,
        problem,
        seat,
        countdown: seat.by === "file" ? countdownOf(options) : null,
      };
    case "reconnecting":
      return { name, mayRun: true, problem: problem ?? outage, seat };
    case "offline":
      return {
        name,
        mayRun: true,
        problem: problem ?? outage,
        seat,
        sinceAt,
        countdown: countdownOf(options),
      };
    case "lapsed":
      return { name, mayRun: false, problem: problem ?? outage, sinceAt };
    case "waiting": {
      const { maxSeats = 3, usedSeats = maxSeats, holders = [] } = options;
      return { name, mayRun: false, problem, maxSeats, usedSeats, holders };
    }
    case "blocked": {
      const { validationCode = "SUSPENDED", signed = true } = options;
      const { detail = "The license is suspended." } = options;
      return { name, mayRun: false, problem, validationCode, detail, signed };
    }
    case "unlicensed":
    case "released":
    case "activating":
    case "acquiring":
      return { name, mayRun: false, problem };
  }
};
