import { contract, listProcedures } from "@latchkey/contracts";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { examples } from "./openapi-examples.ts";
import { createOpenApiDocument } from "./openapi.ts";

const documentOf = (mode: "sandbox" | "production") =>
  createOpenApiDocument({ mode, publicUrl: "http://localhost:4700" });

const operationsOf = (mode: "sandbox" | "production") =>
  Object.values(documentOf(mode).paths ?? {}).flatMap((item) =>
    [item.get, item.post, item.patch, item.put, item.delete].flatMap((found) => found ?? []),
  );

const procedures = listProcedures();

describe("the OpenAPI document", () => {
  test.each(["sandbox", "production"] as const)(
    "is accepted by a validator in %s",
    async (mode) => {
      const validator = new Validator();
      const { valid, errors } = await validator.validate(JSON.stringify(documentOf(mode), null, 2));
      expect(errors).toBeUndefined();
      expect(valid).toBe(true);
      expect(validator.version).toBe("3.1");
    },
  );

  test("names an operation for every procedure", () => {
    expect(new Set(operationsOf("sandbox").map(({ operationId }) => operationId))).toEqual(
      new Set(procedures.map(({ path }) => path)),
    );
    expect(operationsOf("sandbox")).toHaveLength(procedures.length);
  });

  test("leaves the sandbox's own procedures out of production", () => {
    const ids = operationsOf("production").map(({ operationId }) => operationId);
    expect(ids).not.toContain("sandbox.pay");
    expect(ids).toContain("seats.acquire");
  });

  test("asks for a sign-in exactly where the contract does", () => {
    const open = operationsOf("sandbox").filter(({ security }) => security?.length === 0);
    const expected = procedures.filter(({ procedure }) =>
      ["public", "licenseKey", "lease"].includes(procedure.access.kind),
    );
    expect(new Set(open.map(({ operationId }) => operationId))).toEqual(
      new Set(expected.map(({ path }) => path)),
    );
  });
});

describe("the examples", () => {
  test.each(Object.entries(examples))(
    "of %s are what the contract takes and gives",
    (path, example) => {
      const found = procedures.find((listed) => listed.path === path)?.procedure;
      if (found === undefined) throw new Error(`${path} is no procedure`);
      if (example.request) expect(found.input.safeParse(example.request).error).toBeUndefined();
      if (example.answer) expect(found.output.safeParse(example.answer).error).toBeUndefined();
    },
  );

  test("cover the main job", () => {
    expect(Object.keys(examples)).toEqual(
      expect.arrayContaining(["checkout.create", "sandbox.pay", "seats.acquire", "seats.release"]),
    );
    expect(contract.seats.acquire.rest.path).toBe("/licenses/acquire");
  });
});
