import { expect, test } from "vitest";
import { checkFile } from "./check-file.ts";

const messagesOf = (file: string, source: string) =>
  checkFile(file, source).map(({ message }) => message);

test("names the right door when a client reaches for the server's code", () => {
  expect(checkFile("packages/client/src/a.ts", '\nimport { x } from "@latchkey/core";')).toEqual([
    {
      file: "packages/client/src/a.ts",
      line: 2,
      message:
        "packages/client may not import @latchkey/core. Ask the server through the contract: import from @latchkey/contracts.",
    },
  ]);
});

const refused: [wall: string, file: string, source: string, says: string][] = [
  ["contracts knows zod alone", "packages/contracts/src/a.ts", 'import "uuid"', "kept small"],
  ["contracts has no Node", "packages/contracts/src/a.ts", 'import "node:fs"', "no Node"],
  [
    "a client only verifies",
    "packages/client/src/a.ts",
    'import { sign } from "@latchkey/license-crypto/sign"',
    "@latchkey/license-crypto/verify",
  ],
  [
    "a client takes only the API's types",
    "packages/client/src/a.ts",
    'import { appRouter } from "@latchkey/api"',
    "import type { AppRouter }",
  ],
  [
    "an inline type import still loads the module",
    "apps/portal/src/a.ts",
    'import { type AppRouter } from "@latchkey/api"',
    "import type { AppRouter }",
  ],
  ["a re-export is an import", "apps/admin/src/a.ts", 'export * from "@latchkey/db"', "a verb"],
  ["so is a dynamic import", "apps/admin/src/a.ts", 'await import("@latchkey/db")', "a verb"],
  ["and an import in a type", "apps/admin/src/a.ts", 'let a: import("@latchkey/db").B', "a verb"],
  ["redis knows no database", "packages/redis/src/a.ts", 'import "@latchkey/db"', "a verb"],
  ["core knows no queue", "packages/core/src/mail/a.ts", 'import "bullmq"', "Only the worker"],
  ["the API knows no queue", "apps/api/src/a.ts", 'import "bullmq"', "Only the worker"],
  ["core knows no adapter", "packages/core/src/a.ts", 'import "@latchkey/adapters/mail"', "port"],
  [
    "an adapter sees core's ports alone",
    "packages/adapters/src/a.ts",
    'import type { Core } from "@latchkey/core"',
    "@latchkey/core/ports",
  ],
  [
    "an adapter takes types of the ports, not code",
    "packages/adapters/src/a.ts",
    'import { x } from "@latchkey/core/ports"',
    "import type",
  ],
  [
    "test support stays in tests",
    "packages/core/src/a.ts",
    'import { createTestDatabase } from "@latchkey/testing"',
    "for tests alone",
  ],
  ["the window has no Node", "apps/desktop/src/renderer/a.tsx", 'import "node:fs"', "ipc.ts"],
  ["the window has no Electron", "apps/desktop/src/renderer/a.tsx", 'import "electron"', "ipc.ts"],
  [
    "the window loads nothing of main",
    "apps/desktop/src/renderer/a.tsx",
    'import { x } from "../main/windows.ts"',
    "neither Node nor Electron",
  ],
  [
    "no package is reached by path",
    "apps/worker/src/a.ts",
    'import { x } from "../../../packages/core/src/mail/index.ts"',
    "@latchkey/core",
  ],
  [
    "verifying code never loads signing code",
    "packages/license-crypto/src/verify/a.ts",
    'import { x } from "../sign/lease.ts"',
    "nothing signs",
  ],
  [
    "a domain is entered by its index",
    "packages/core/src/billing/a.ts",
    'import { x } from "../licensing/store.ts"',
    "packages/core/src/licensing/index.ts",
  ],
  [
    "a test enters another domain by its index too",
    "packages/core/src/billing/a.db.test.ts",
    'import { x } from "../licensing/store.ts"',
    "packages/core/src/licensing/index.ts",
  ],
  [
    "the queries of what stands below the domains are its own",
    "packages/core/src/licensing/a.ts",
    'import { x } from "../operations/store.ts"',
    "may not query",
  ],
  [
    "a way round a closed door names that door",
    "apps/portal/src/a.ts",
    'import { x } from "../../../packages/core/src/index.ts"',
    "Ask the server through the contract",
  ],
  [
    "a domain never calls a later one",
    "packages/core/src/licensing/a.ts",
    'import { x } from "../billing/index.ts"',
    "Emit an event",
  ],
  [
    "rules load no driver",
    "packages/core/src/licensing/seat-rules.ts",
    'import { eq } from "drizzle-orm"',
    "rules are pure",
  ],
  [
    "rules load no query",
    "packages/core/src/licensing/seat-rules.ts",
    'import { find } from "./store.ts"',
    "rules are pure",
  ],
  [
    "nor one of several files of queries",
    "packages/core/src/licensing/seat-rules.ts",
    'import { find } from "./session-store.ts"',
    "rules are pure",
  ],
  [
    "the environment is read in one place",
    "apps/api/src/main.ts",
    'const port = process.env["PORT"];',
    "env.ts",
  ],
  ["by any spelling", "apps/api/src/main.ts", "const { env } = process;", "env.ts"],
  ["by import as well", "apps/api/src/main.ts", 'import { env } from "node:process"', "env.ts"],
];

test.each(refused)("%s", (_wall, file, source, says) => {
  const messages = messagesOf(file, source);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(says);
});

const welcome: [door: string, file: string, source: string][] = [
  [
    "the API's type in a client",
    "packages/client/src/a.ts",
    'import type { AppRouter } from "@latchkey/api"',
  ],
  [
    "verification in a client",
    "packages/client/src/a.ts",
    'import { verifyLease } from "@latchkey/license-crypto/verify"',
  ],
  [
    "a subpath of the contracts",
    "apps/portal/src/a.ts",
    'import { x } from "@latchkey/contracts/errors"',
  ],
  ["queues in the worker", "apps/worker/src/a.ts", 'import { Queue } from "bullmq"'],
  [
    "an earlier domain by its index",
    "packages/core/src/billing/a.ts",
    'import { x } from "../licensing/index.ts"',
  ],
  [
    "what stands below the domains",
    "packages/core/src/billing/a.ts",
    'import { record } from "../audit/audit.ts"',
  ],
  [
    "every domain in core's own wiring",
    "packages/core/src/index.ts",
    'import { x } from "./billing/index.ts"',
  ],
  [
    "row types in rules",
    "packages/core/src/licensing/seat-rules.ts",
    'import type { License } from "@latchkey/db/schema"',
  ],
  [
    "the border's types in the window",
    "apps/desktop/src/renderer/a.tsx",
    'import type { Border } from "../ipc.ts"',
  ],
  ["the environment in env.ts", "apps/api/src/env.ts", "export const raw = process.env;"],
  [
    "test support in a test",
    "packages/core/src/a.db.test.ts",
    'import { createTestDatabase } from "@latchkey/testing"; process.env["X"];',
  ],
  [
    "the environment in a tool's settings",
    "packages/db/drizzle.config.ts",
    'export default { url: process.env["DATABASE_URL"] };',
  ],
];

test.each(welcome)("lets through: %s", (_door, file, source) => {
  expect(messagesOf(file, source)).toEqual([]);
});
