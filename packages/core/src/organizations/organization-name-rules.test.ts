import { OrganizationName } from "@latchkey/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nameOrganizationOf, slugOf } from "./organization-name-rules.ts";

test.each([
  ["Ada", "Ada's organization"],
  ["  Ada \n Lovelace ", "Ada Lovelace's organization"],
  ["", "My organization"],
  [" ", "My organization"],
])("names the organization of %j %j", (person, expected) => {
  expect(nameOrganizationOf(person)).toBe(expected);
});

test.each([
  ["Ada's organization", "adas-organization"],
  ["Ärzte & Söhne GmbH", "arzte-sohne-gmbh"],
  ["--Acme--", "acme"],
  ["株式会社", "organization"],
  [`${"a".repeat(47)} b`, "a".repeat(47)],
])("writes %j as %j in a URL", (name, expected) => {
  expect(slugOf(name)).toBe(expected);
});

test("gives every person a name that the contract takes, and every name a slug", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      const name = nameOrganizationOf(text.replaceAll("\0", ""));
      expect(OrganizationName.parse(name)).toBe(name);
      expect(slugOf(text)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    }),
  );
});
