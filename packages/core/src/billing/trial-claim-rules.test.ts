import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseTrialAddress } from "./trial-claim-rules.ts";

describe("normaliseTrialAddress", () => {
  it.each([
    ["ada@example.com", "ada@example.com"],
    ["Ada@Example.COM", "ada@example.com"],
    [" ada@example.com ", "ada@example.com"],
    ["ada+trial2@example.com", "ada@example.com"],
    ["ada+a+b@example.com", "ada@example.com"],
    ["a.d.a@example.com", "a.d.a@example.com"],
    ["a.d.a+x@gmail.com", "ada@gmail.com"],
    ["A.da@GoogleMail.com", "ada@gmail.com"],
    ["+tag@example.com", "+tag@example.com"],
    ["ada@sub.gmail.com", "ada@sub.gmail.com"],
  ])("takes %j for %j", (email, expected) => {
    expect(normaliseTrialAddress(email)).toBe(expected);
  });

  it("takes every tagged spelling for the untagged one, and is stable", () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.stringMatching(/^[a-z0-9]{0,8}$/), (email, tag) => {
        const [box = "", domain = ""] = email.split("@");
        fc.pre(!box.includes("+"));
        const one = normaliseTrialAddress(email);
        expect(normaliseTrialAddress(`${box}+${tag}@${domain}`)).toBe(one);
        expect(normaliseTrialAddress(one)).toBe(one);
      }),
    );
  });
});
