/**
 * Who may import whom. npm hoists every package to where any file can reach it, so only this table, checked by
 * `npm run check`, keeps the rooms apart. `docs/architecture.md` draws it; change both together.
 */

/** What the files of one folder may import. Tests are free: they build the world that the code is put into. */
export interface Room {
  /** Workspace packages, by the exact specifier; "type x" allows `import type` alone. */
  readonly workspace: readonly string[] | "all";
  /** Packages from npm; "declared" leaves it to the manifest, whose truth knip checks. */
  readonly libraries: readonly string[] | "declared";
  /** Whether Node's own modules exist where this code runs. */
  readonly node: boolean;
  /** Doors that differ from the usual ones, for this room's people. */
  readonly doors?: Readonly<Record<string, string>>;
}

const contracts = "@latchkey/contracts";
const licenseCrypto = "@latchkey/license-crypto";
const apiTypes = "type @latchkey/api";

const server: Room = {
  workspace: [
    contracts,
    `${contracts}/*`,
    "@latchkey/core",
    "@latchkey/core/*",
    "@latchkey/db",
    "@latchkey/db/*",
    "@latchkey/redis",
    "@latchkey/adapters/*",
  ],
  libraries: "declared",
  node: true,
};

const webApp: Room = {
  workspace: [contracts, `${contracts}/*`, "@latchkey/ui", "@latchkey/ui/*"],
  libraries: "declared",
  node: false,
};

/** Rooms by folder; a file belongs to the longest folder that holds it. "name/*" covers a package's subpaths. */
export const rooms: Readonly<Record<string, Room>> = {
  "packages/contracts": { workspace: [], libraries: ["zod"], node: false },
  "packages/license-crypto": {
    workspace: [contracts, `${contracts}/*`],
    libraries: ["jose", "zod"],
    node: true,
  },
  "packages/client": {
    workspace: [contracts, `${contracts}/*`, `${licenseCrypto}/verify`, apiTypes],
    libraries: ["@trpc/client", "zod"],
    node: false,
  },
  // A world for its tests to happen in: a clock, a server that signs.
  "packages/client/test": { workspace: "all", libraries: "declared", node: true },
  "packages/client/src/node": {
    workspace: [contracts, `${contracts}/*`, `${licenseCrypto}/verify`, apiTypes],
    libraries: ["@trpc/client", "systeminformation", "zod"],
    node: true,
  },
  // Simulated desktops: what they are told is all that it knows of a server.
  "packages/fleet": {
    workspace: [contracts, `${contracts}/*`, "@latchkey/client", `${licenseCrypto}/verify`],
    libraries: ["zod"],
    node: true,
  },
  // The world of its tests: a model of an honest server, and one that cheats.
  "packages/fleet/test": { workspace: "all", libraries: "declared", node: true },
  "packages/db": {
    workspace: [contracts, `${contracts}/*`],
    libraries: ["drizzle-orm", "drizzle-kit", "postgres", "uuid", "zod"],
    node: true,
  },
  "packages/redis": {
    workspace: [contracts, `${contracts}/*`],
    libraries: ["ioredis", "rate-limiter-flexible", "zod"],
    node: true,
  },
  "packages/core": {
    workspace: [
      contracts,
      `${contracts}/*`,
      licenseCrypto,
      `${licenseCrypto}/*`,
      "@latchkey/db",
      "@latchkey/db/*",
      "@latchkey/redis",
    ],
    libraries: ["drizzle-orm", "temporal-polyfill", "zod"],
    node: true,
  },
  "packages/adapters": {
    workspace: [contracts, `${contracts}/*`, "type @latchkey/core/ports"],
    libraries: "declared",
    node: true,
    doors: {
      "@latchkey/core": "An adapter knows the port alone: import type from @latchkey/core/ports.",
    },
  },
  "packages/testing": { workspace: "all", libraries: "declared", node: true },
  "packages/ui": { workspace: [], libraries: ["react"], node: false },
  // What both web apps do with the server and the address; the desktop's window has neither.
  "packages/ui/src/web": {
    workspace: [contracts, `${contracts}/*`, apiTypes],
    libraries: [
      "@tanstack/react-query",
      "@trpc/client",
      "better-auth",
      "react",
      "react-router",
      "zod",
    ],
    node: false,
  },
  "apps/api": server,
  // The world of its tests: the API served on a free port, tenants, hostile inputs.
  "apps/api/test": { workspace: "all", libraries: "declared", node: true },
  "apps/worker": server,
  "apps/admin": webApp,
  "apps/portal": webApp,
  // Runs on a customer's machine like the SDK, and proves with the public keys alone.
  "apps/cli": {
    workspace: [contracts, `${contracts}/*`, `${licenseCrypto}/verify`, "@latchkey/fleet"],
    libraries: ["zod"],
    node: true,
  },
  "apps/desktop": {
    workspace: [contracts, `${contracts}/*`, "@latchkey/client", "@latchkey/client/*"],
    libraries: "declared",
    node: true,
  },
  "apps/desktop/src/renderer": {
    workspace: [contracts, `${contracts}/*`, "@latchkey/ui", "@latchkey/ui/theme.css"],
    libraries: ["react", "react-dom"],
    node: false,
    doors: {
      "@latchkey/client":
        "The window asks main, which holds the client: add a named function to apps/desktop/src/ipc.ts.",
    },
  },
  // The demonstration is a client like any other; nothing of the server is loaded here.
  tooling: {
    workspace: [contracts, "@latchkey/client", "@latchkey/client/*"],
    libraries: "declared",
    node: true,
  },
  bench: { workspace: "all", libraries: "declared", node: true },
  faults: { workspace: "all", libraries: "declared", node: true },
};

/** Libraries that one room alone may know, so that the rest stays free of the idea behind them. */
export const soleOwners: Readonly<Record<string, string>> = { bullmq: "apps/worker" };

/** The right door, by what was imported: how to get what one wanted without breaking the wall. */
export const doors: Readonly<Record<string, string>> = {
  "@latchkey/core": "Ask the server through the contract: import from @latchkey/contracts.",
  "@latchkey/db":
    "Reach data through a verb of @latchkey/core; outside the server, ask through @latchkey/contracts.",
  "@latchkey/redis":
    "Reach Redis through a verb of @latchkey/core; outside the server, ask through @latchkey/contracts.",
  "@latchkey/adapters":
    "Take the port as a dependency: import its type from @latchkey/core/ports; apps/*/src/deps.ts chooses the adapter.",
  "@latchkey/api":
    'Clients know the API by type alone: `import type { AppRouter } from "@latchkey/api"` in client and ui/web, whose `api` admin and portal call; data shapes come from @latchkey/contracts, and what two servers share lives in @latchkey/core.',
  "@latchkey/worker":
    "Nothing calls the worker: emit an event in the verb's transaction and react to it in apps/worker/src/reactions.ts.",
  "@latchkey/license-crypto":
    "Clients only verify: import from @latchkey/license-crypto/verify. Servers sign and read keys through @latchkey/core.",
  "@latchkey/client":
    "The SDK is for apps outside the server: the desktop app embeds it, web apps use the typed tRPC client.",
  "@latchkey/ui":
    "Shared looks are for the web apps and the desktop's window; ui/web, which talks to the server, for the web apps alone.",
  "@latchkey/testing":
    "Test support is for tests alone: move this to a *.test.ts, *.db.test.ts or *.e2e.ts file.",
  "@latchkey/tooling": "Tooling serves people at a terminal and tests, never the product's code.",
  bullmq:
    "Only the worker knows that queues exist: emit an event and react to it in apps/worker/src/reactions.ts.",
  electron:
    "The window has no Electron: add a named function to the border in apps/desktop/src/ipc.ts.",
  node: "This code also runs where there is no Node: pass the value in from a room that has it (the desktop's window asks through apps/desktop/src/ipc.ts, the client's Node part is packages/client/src/node).",
  library:
    "This room is kept small on purpose: do it in a room that may, or widen tooling/import-rules/table.ts with a reason.",
};

/** Domains of packages/core/src in their order: one may call those before it, and emits events to those after it. */
export const domainOrder = [
  "organizations",
  "catalog",
  "licensing",
  "billing",
  "mail",
  "webhooks",
  "analytics",
] as const;

/** Drivers and the packages around them, which a `*-rules.ts` of core never loads. */
export const drivers: readonly string[] = [
  "@latchkey/db",
  "@latchkey/redis",
  "drizzle-orm",
  "ioredis",
  "postgres",
];
