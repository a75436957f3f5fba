import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPasswordFault } from "./password-rules.ts";

const ada = { email: "ada.lovelace@example.com", name: "Ada Lovelace" };

describe("a password is refused", () => {
  test.each([
    ["that is too short", "kT9!x2q", "too short"],
    ["that is too long", `${"kT9!x2q ".repeat(16)}x`, "too long"],
    ["that everybody has", "password1", "easy to guess"],
    ["that only looks complicated", "P@ssw0rd!", "easy to guess"],
    ["that is a row of keys", "qwertyuiop", "easy to guess"],
    ["that repeats itself", "aaaaaaaaaaaa", "easy to guess"],
    ["that is the person's name", "AdaLovelace1", "easy to guess"],
    ["that is the product's name", "latchkey2026", "easy to guess"],
    ["that holds the mail address", "x7!ADA.lovelace@example.com?kT9", "mail address"],
  ])("%s", (_title, password, reason) => {
    expect(findPasswordFault(password, ada)).toContain(reason);
  });
});

describe("a password is good", () => {
  test.each([
    ["of a few unrelated words", "copper lantern sixty gravel"],
    ["of random letters alone", "xkvjwqzmrtplhb"],
    ["in any script", "водопад семнадцать лампа"],
    ["of 128 characters", "kT9!x2q ".repeat(16)],
  ])("%s", (_title, password) => {
    expect(findPasswordFault(password, ada)).toBeNull();
  });

  test("when it is random, whoever the person is", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((bytes) => new Set(bytes).size > 8),
        fc.string({ maxLength: 40 }),
        (bytes, name) => {
          const password = Buffer.from(bytes).toString("base64url");
          expect(findPasswordFault(password, { email: "a@example.com", name })).toBeNull();
        },
      ),
    );
  });
});
