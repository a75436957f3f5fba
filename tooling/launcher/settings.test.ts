import { afterEach, expect, test, vi } from "vitest";
import { readSettings } from "./settings.ts";

afterEach(() => vi.unstubAllEnvs());

const withEnvironment = (variables: Record<string, string>) => {
  for (const name of [
    "PORT",
    "LATCHKEY_PUBLIC_URL",
    "LATCHKEY_STAFF_EMAIL",
    "DATABASE_URL",
    "REDIS_URL",
  ]) {
    vi.stubEnv(name, variables[name] ?? "");
  }
  return readSettings();
};

test("takes private servers and port 4700 where nothing is said", () => {
  expect(withEnvironment({})).toEqual({
    port: 4700,
    publicUrl: "http://localhost:4700",
    databaseUrl: null,
    redisUrl: null,
    staffEmail: "staff@latchkey.test",
  });
});

test("signs in as the staff member that the person named", () => {
  const { staffEmail } = withEnvironment({ LATCHKEY_STAFF_EMAIL: "me@vendor.example" });
  expect(staffEmail).toBe("me@vendor.example");
});

test.each([
  [{ PORT: "80x" }, 'PORT must be a whole number from 1 to 65535, and it is "80x".'],
  [{ PORT: "70000" }, "PORT must be"],
  [{ DATABASE_URL: "localhost/latchkey" }, "DATABASE_URL is not a URL such as postgres://"],
  [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL is not a URL such as postgres://"],
  [{ REDIS_URL: "http://localhost" }, "REDIS_URL is not a URL such as redis://"],
])("says which of %j is wrong and what it should be", (variables, sentence) => {
  expect(() => withEnvironment(variables)).toThrow(sentence);
});
