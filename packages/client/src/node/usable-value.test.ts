import { describe, expect, it } from "vitest";
import { usableMac, usableValue } from "./usable-value.ts";

describe("usableValue", () => {
  it.each([
    null,
    undefined,
    "",
    "-",
    "  ",
    "None",
    "N/A",
    "To be filled by O.E.M.",
    "to Be  Filled by o.e.m.",
    "Default string",
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "03000200-0400-0500-0006-000700080009",
    "................",
    "xxxxxxxx",
    "0123456789",
  ])("leaves out %j", (value) => {
    expect(usableValue(value)).toBe(null);
  });

  it.each([
    ["5Q5RM72", "5Q5RM72"],
    [" s4ewnx0r  123456 ", "S4EWNX0R 123456"],
    ["0025_38b5", "0025_38B5"],
  ])("takes %j as %j", (value, expected) => {
    expect(usableValue(value)).toBe(expected);
  });
});

describe("usableMac", () => {
  it.each([
    "00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
    "02:42:ac:11:00:02",
    "36-57-64-AA-BB-C0",
    "00:50:56:c0:00:08",
    "d8:bb:c1",
    "",
  ])("leaves out %j", (mac) => {
    expect(usableMac(mac)).toBe(null);
  });

  it("takes a card's own address in any writing", () => {
    expect(usableMac("d8-bb-c1-0a-0b-0c")).toBe("D8:BB:C1:0A:0B:0C");
  });
});
