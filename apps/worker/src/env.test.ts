import { expect, test } from "vitest";
import { readEnvironment } from "./env.ts";

const sandbox = {
  LATCHKEY_MODE: "sandbox",
  LATCHKEY_SECRET: "0123456789abcdef0123456789abcdef",
  LATCHKEY_PUBLIC_URL: "http://localhost:4700/",
  DATABASE_URL: "postgres://latchkey:password@localhost:5432/latchkey",
  REDIS_URL: "redis://localhost:6379",
};

test("the sandbox needs no mail settings", () => {
  expect(readEnvironment({ ...sandbox, SMTP_URL: "" })).toMatchObject({
    LATCHKEY_PUBLIC_URL: "http://localhost:4700",
    DATABASE_POOL_SIZE: 10,
    REDIS_CLUSTER: false,
    LOG_LEVEL: "info",
  });
});

test("production needs a way to send mail", () => {
  const production = { ...sandbox, LATCHKEY_MODE: "production" };
  expect(() => readEnvironment(production)).toThrow(
    /SMTP_URL must be set in production\n {2}LATCHKEY_MAIL_FROM must be set in production/,
  );
  const mail = { SMTP_URL: "smtps://mail.example.com", LATCHKEY_MAIL_FROM: "a@example.com" };
  expect(readEnvironment({ ...production, ...mail }).SMTP_URL?.reveal()).toBe(mail.SMTP_URL);
});

test("everything that is wrong is said at once, by name, without a value", () => {
  const wrong = {
    LATCHKEY_MODE: "staging",
    LATCHKEY_SECRET: "short-secret",
    LATCHKEY_PUBLIC_URL: "example",
    DATABASE_URL: "mysql://localhost",
    DATABASE_POOL_SIZE: "many",
    LOG_LEVEL: "loud",
  };
  for (const name of [...Object.keys(wrong), "REDIS_URL"]) {
    expect(() => readEnvironment(wrong)).toThrow(new RegExp(`^  ${name} must `, "m"));
  }
  expect(() => readEnvironment(wrong)).not.toThrow(/short-secret/);
});

test("prints what holds a password as [redacted]", () => {
  const smtp = { SMTP_URL: "smtp://me:password@mail.example.com" };
  expect(JSON.stringify(readEnvironment({ ...sandbox, ...smtp }))).not.toMatch(/password|0123/);
});
