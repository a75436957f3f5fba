import { expect, test } from "vitest";
import { EnvironmentError, parseEnvironment } from "./env.ts";

const sandbox = {
  LATCHKEY_MODE: "sandbox",
  LATCHKEY_SECRET: "0123456789abcdef0123456789abcdef",
  LATCHKEY_PUBLIC_URL: "http://localhost:4700/",
  DATABASE_URL: "postgres://latchkey:password@localhost:5432/latchkey",
  REDIS_URL: "redis://localhost:6379",
};

const problemsOf = (source: Record<string, string>): string => {
  try {
    parseEnvironment(source);
    return "";
  } catch (error) {
    return error instanceof EnvironmentError ? error.message : "another error";
  }
};

test("the sandbox needs no mail settings", () => {
  expect(parseEnvironment({ ...sandbox, SMTP_URL: "" })).toMatchObject({
    LATCHKEY_PUBLIC_URL: "http://localhost:4700",
    DATABASE_POOL_SIZE: 10,
    LOG_LEVEL: "info",
  });
});

test("production needs a way to send mail", () => {
  const production = { ...sandbox, LATCHKEY_MODE: "production" };
  expect(problemsOf(production)).toContain("SMTP_URL must be set in production");
  const mail = { SMTP_URL: "smtps://mail.example.com", LATCHKEY_MAIL_FROM: "a@example.com" };
  expect(problemsOf({ ...production, ...mail })).toBe("");
});

test("everything that is wrong is said at once, by name, without a value", () => {
  const problems = problemsOf({
    LATCHKEY_MODE: "staging",
    LATCHKEY_SECRET: "short-secret",
    LATCHKEY_PUBLIC_URL: "example",
    DATABASE_URL: "mysql://localhost",
    DATABASE_POOL_SIZE: "many",
    LOG_LEVEL: "loud",
  });
  for (const name of [
    "LATCHKEY_MODE",
    "LATCHKEY_SECRET",
    "LATCHKEY_PUBLIC_URL",
    "DATABASE_URL",
    "DATABASE_POOL_SIZE",
    "REDIS_URL",
    "LOG_LEVEL",
  ]) {
    expect(problems).toMatch(new RegExp(`^  ${name} must `, "m"));
  }
  expect(problems).not.toContain("short-secret");
});
