import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "./env.ts";

const right = {
  LATCHKEY_SECRET: "x".repeat(32),
  DATABASE_URL: "postgres://latchkey:password@localhost:5432/latchkey",
  REDIS_URL: "redis://localhost:6379/0",
};

describe("the environment", () => {
  test("needs a secret and the two servers, and defaults the rest", () => {
    const env = readEnvironment(right);
    expect(env).toMatchObject({
      PORT: 4700,
      LATCHKEY_MODE: "sandbox",
      LATCHKEY_PUBLIC_URL: "http://localhost:4700",
      TRUST_PROXY: false,
    });
    expect(env.LATCHKEY_SECRET.reveal()).toBe(right.LATCHKEY_SECRET);
  });

  test("reports every problem at once, by the variable's name and never by its value", () => {
    const read = () =>
      readEnvironment({ PORT: "htttp", LATCHKEY_SECRET: "tiny", DATABASE_URL: "mysql://x:pw@y" });
    for (const name of ["PORT", "LATCHKEY_SECRET", "DATABASE_URL", "REDIS_URL"]) {
      expect(read).toThrow(new RegExp(`^  ${name} must `, "m"));
    }
    expect(read).not.toThrow(/htttp|tiny|pw/);
  });

  test("treats an empty variable as an unset one", () => {
    expect(readEnvironment({ ...right, PORT: "" }).PORT).toBe(4700);
  });

  test("follows the port with the public address, without a trailing slash", () => {
    expect(readEnvironment({ ...right, PORT: "5000" }).LATCHKEY_PUBLIC_URL).toBe(
      "http://localhost:5000",
    );
    const env = readEnvironment({ ...right, LATCHKEY_PUBLIC_URL: "https://keys.example/" });
    expect(env.LATCHKEY_PUBLIC_URL).toBe("https://keys.example");
  });

  test.each([
    ["true", true],
    ["2", 2],
    ["10.0.0.0/8, ::1", "10.0.0.0/8, ::1"],
    ["loopback", "loopback"],
  ])("reads TRUST_PROXY %s as Express does", (text, value) => {
    expect(readEnvironment({ ...right, TRUST_PROXY: text }).TRUST_PROXY).toBe(value);
  });

  test("prints its secrets as [redacted]", () => {
    const env = readEnvironment(right);
    const printed = `${inspect(env)}${JSON.stringify(env)}${env.DATABASE_URL.toString()}`;
    expect(printed).toContain("[redacted]");
    expect(printed).not.toMatch(/password|xxxx/);
  });
});
