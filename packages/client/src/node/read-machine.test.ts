import { Fingerprint, FingerprintComponents } from "@latchkey/contracts";
import { expect, it } from "vitest";
import { memoryStorage } from "../storage.ts";
import { readMachine } from "./read-machine.ts";

it("reads this very machine twice alike, in the contract's form, and apart for another product", async () => {
  const storage = memoryStorage();
  const machine = await readMachine("product-1", storage);
  expect(await readMachine("product-1", storage)).toEqual(machine);
  expect(Fingerprint.safeParse(machine.fingerprint).success).toBe(true);
  expect(FingerprintComponents.safeParse(machine.components).success).toBe(true);
  expect(machine.name).not.toBe("");
  expect((await readMachine("product-2", storage)).fingerprint).not.toBe(machine.fingerprint);
});
