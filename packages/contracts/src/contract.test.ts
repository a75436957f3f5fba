import { describe, expect, test } from "vitest";
import { z } from "zod";
import { contract, listProcedures } from "./contract.ts";
import { errorCatalogue, errorCodes } from "./errors.ts";
import { eventCatalogue } from "./events.ts";

const procedures = listProcedures();

describe("the contract", () => {
  test("gives every procedure a REST route of its own", () => {
    const routes = procedures.map(({ procedure: { rest } }) => `${rest.method} ${rest.path}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  test.each(procedures)("$path takes exactly the fields that its path names", ({ procedure }) => {
    const inPath = [...procedure.rest.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const fields = z.toJSONSchema(procedure.input, { io: "input" }).properties ?? {};
    expect(Object.keys(fields)).toEqual(expect.arrayContaining(inPath));
  });

  test.each(procedures)("$path refuses a field that it does not know", ({ procedure }) => {
    const { error } = procedure.input.safeParse({ unknownField: 1 });
    expect(error?.issues.map(({ code }) => code)).toContain("unrecognized_keys");
  });

  test("lets nothing but the sandbox's own page, its name and the catalogue be read by anyone", () => {
    const open = procedures.filter(({ procedure }) => procedure.access.kind === "public");
    expect(open.map(({ path }) => path)).toEqual([
      "plans.list",
      "plans.get",
      "sandbox.status",
      "sandbox.paymentPage",
      "sandbox.pay",
    ]);
  });

  test("puts nothing on the hot path that is not a POST with its whole input in the body", () => {
    const hot = procedures.filter(({ procedure }) => procedure.hotPath);
    expect(hot.length).toBeGreaterThan(0);
    for (const { procedure } of hot) {
      const { kind, rest, sandboxOnly, access } = procedure;
      expect([kind, rest.method, rest.path.includes("{"), sandboxOnly]).toEqual([
        "mutation",
        "POST",
        false,
        undefined,
      ]);
      // Whoever signs in is looked up, which is Express' work: the hot path answers nobody in person.
      expect(["public", "licenseKey", "lease"]).toContain(access.kind);
    }
  });

  test("keeps a NUL byte out of free text", () => {
    const { success } = contract.organizations.create.input.safeParse({ name: "a\0b" });
    expect(success).toBe(false);
  });
});

describe("the error catalogue", () => {
  test.each(errorCodes)("%s has a title that ends as a sentence", (code) => {
    expect(errorCatalogue[code].title).toMatch(/\.$/);
  });
});

describe("the event catalogue", () => {
  test("names events as facts in the past, noun first", () => {
    for (const type of Object.keys(eventCatalogue))
      expect(type).toMatch(/^[a-z]+\.([a-z_]+(ed|up)|paid)$/);
  });
});
