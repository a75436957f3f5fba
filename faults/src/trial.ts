/** One house with one fleet on it, through which fault after fault goes; each is judged by itself. */
import { judge } from "@latchkey/fleet";
import type { Fleet, Violation } from "@latchkey/fleet";
import { afterAll, beforeAll, expect } from "vitest";
import { createBackgroundWork } from "./background-work.ts";
import { form } from "./form.ts";
import { seatsFor, startHouse } from "./house/house.ts";
import type { House, HouseOptions } from "./house/house.ts";
import { whatIsNotStored, whoIsRefusedInVain } from "./stored-truth.ts";
import { tellStep } from "./tell-step.ts";

interface Trial {
  house(): House;
  fleet(): Fleet;
  /** Waits until so many more heartbeats, and a few releases and grants, were acknowledged. */
  goesOn(): Promise<void>;
  /** Gives the worker something to do; `ends` demands that it is done, once. */
  giveWork(): Promise<void>;
  /** Waits until the first node says that it is ready. */
  untilReady(withinMs: number): Promise<void>;
  /**
   * Lets `fault` happen amid heartbeats, and demands afterwards that all goes on, that no client lapsed,
   * that no license had a seat too many, that everything acknowledged is stored, and that nobody is
   * refused a free seat. `silent`: the API cannot answer meanwhile, which clients may notice.
   */
  survives(fault: () => Promise<void>, options?: { readonly silent: boolean }): Promise<void>;
  /**
   * Everybody quits; judges by the signed bytes of the whole trial, and demands that the worker has done
   * all that it was given at each fault, that fresh machines got every seat but those that machines may hold that
   * nobody told for sure, and that the server said of released sessions, signed, that they have ended. The last thing
   * of a trial.
   */
  ends(): Promise<void>;
}

const GOES_ON_WITHIN_MS = 45_000;
/** Of the fleet's clients, which start spread over it: else all heartbeats would come in one wave. */
const HEARTBEAT_EVERY_MS = 5_000;
const TELL_EVERY_MS = 1_000;
/** Between those that quit and come back there are few in a second. */
const HEARTBEATS_PER_CHANGE = 30;

const sentence = ({ kind, detail, atMs }: Violation): string =>
  `${kind} at ${Math.round(atMs)}: ${detail}`;

/** Starts a house and its fleet for the tests of the surrounding `describe` or file. */
export const startTrial = (options: Omit<HouseOptions, "seats"> = {}): Trial => {
  let house: House | null = null;
  let fleet: Fleet | null = null;
  let work: ReturnType<typeof createBackgroundWork> | null = null;
  const told = new Set<string>();

  const theHouse = (): House => {
    if (house === null) throw new Error("The house did not start.");
    return house;
  };
  const theFleet = (): Fleet => {
    if (fleet === null) throw new Error("The fleet did not start.");
    return fleet;
  };

  const goesOnWhile = async (when: string): Promise<void> => {
    const { heartbeats } = form;
    const before = theFleet().counts();
    const changes = Math.ceil(heartbeats / HEARTBEATS_PER_CHANGE);
    const tell = setInterval(() => {
      const done = Math.min(heartbeats, theFleet().counts().heartbeats - before.heartbeats);
      tellStep(`${done} of ${heartbeats} heartbeats ${when}`);
    }, TELL_EVERY_MS);
    await theFleet()
      .until(
        (now) =>
          now.heartbeats >= before.heartbeats + heartbeats &&
          now.releases >= before.releases + changes &&
          now.acquires.granted >= before.acquires.granted + changes,
        `${heartbeats} more heartbeats, ${changes} more releases and grants`,
        GOES_ON_WITHIN_MS,
      )
      .finally(() => clearInterval(tell));
  };
  const goesOn = (): Promise<void> => goesOnWhile("in the fault");

  const violations = async (): Promise<string[]> => {
    const ledger = theFleet().ledger();
    const unstored = await whatIsNotStored(theHouse().sql, ledger);
    const refused = await whoIsRefusedInVain(theHouse());
    const fresh = judge(ledger)
      .violations.map(sentence)
      .filter((violation) => !told.has(violation));
    for (const violation of fresh) told.add(violation);
    return [...fresh, ...unstored, ...refused];
  };

  beforeAll(async () => {
    const { machines, licenses, seed } = form;
    house = await startHouse({ ...options, seats: seatsFor(machines, licenses) });
    work = options.worker === false ? null : createBackgroundWork(house);
    fleet = await house.fleet({ machines, seed, startWithinMs: HEARTBEAT_EVERY_MS });
    await fleet.start();
  });

  afterAll(async () => {
    await house?.close();
  });

  return {
    house: theHouse,
    fleet: theFleet,
    goesOn,
    giveWork: async () => work?.give(),
    untilReady: async (withinMs) => {
      const { url } = theHouse().api;
      await expect
        .poll(async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok, {
          timeout: withinMs,
        })
        .toBe(true);
    },
    survives: async (fault, { silent } = { silent: false }) => {
      await goesOnWhile("before the fault");
      await work?.give();
      try {
        tellStep("the fault");
        await (silent ? theFleet().fault(fault) : fault());
        await goesOnWhile("after the fault");
        tellStep("what holds now");
        expect(await violations()).toEqual([]);
      } catch (error) {
        if (error instanceof Error) error.message += `\n${theHouse().printed()}`;
        throw error;
      }
    },
    ends: async () => {
      const stillFound = await violations();
      tellStep("all quit");
      const [verdict, undone = []] = await Promise.all([theFleet().stop(), work?.undone()]);
      const unstored = await whatIsNotStored(theHouse().sql, theFleet().ledger());
      const refused = await whoIsRefusedInVain(theHouse());
      expect([
        ...stillFound,
        ...verdict.violations.map(sentence),
        ...unstored,
        ...refused,
        ...undone,
      ]).toEqual([]);
      // Silence would violate nothing, and prove as little.
      const { releasesRechecked, perhapsHeld, stayedTaken, unprobed } = verdict.figures;
      expect({ stayedTaken, unprobed }).toEqual({ stayedTaken: 0, unprobed: 0 });
      // Who quits before anybody could tell it whether it got a seat may leave one behind. PostgreSQL knows of it, else
      // somebody was refused in vain.
      expect(perhapsHeld, verdict.unproved.join(" ")).toBeLessThanOrEqual(form.licenses / 4);
      expect(releasesRechecked).toBeGreaterThanOrEqual(form.licenses);
    },
  };
};
