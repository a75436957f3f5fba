import { SessionEndReason } from "@latchkey/contracts";
import { describe, expect, test } from "vitest";
import { decideRenewal } from "./seat-rules.ts";
import type { RenewalDecision, RenewalFacts } from "./seat-rules.ts";

const fine: RenewalFacts = {
  bar: null,
  machineBanned: false,
  machineDeactivated: false,
  endReason: null,
  machineHasOther: false,
};

describe("a heartbeat whose session did not simply move", () => {
  test.each<[string, Partial<RenewalFacts>, RenewalDecision]>([
    ["renews one that still holds its seat", {}, { kind: "renew" }],
    ["lets an expired one ask for a seat again", { endReason: "expired" }, { kind: "renew" }],
    [
      "leaves it ended when its machine has another",
      { endReason: "expired", machineHasOther: true },
      { kind: "ended", endReason: "expired" },
    ],
    [
      "says first that the license may not run",
      { bar: "REVOKED", machineBanned: true, machineDeactivated: true, endReason: "released" },
      { kind: "not_usable", code: "REVOKED" },
    ],
    [
      "then that the machine is barred",
      { machineBanned: true, machineDeactivated: true },
      { kind: "not_usable", code: "FINGERPRINT_BANNED" },
    ],
    [
      "then that the machine is off the license",
      { machineDeactivated: true, endReason: "expired" },
      { kind: "ended", endReason: "machine_deactivated" },
    ],
  ])("%s", (_, facts, expected) => {
    expect(decideRenewal({ ...fine, ...facts })).toEqual(expected);
  });

  test.each(SessionEndReason.options.filter((reason) => reason !== "expired"))(
    "stays ended when it was %s, free seats or not",
    (endReason) => {
      expect(decideRenewal({ ...fine, endReason })).toEqual({ kind: "ended", endReason });
    },
  );
});
