/** PostgreSQL's advisory locks of the product, in one list so that no two are the same number. */
export const advisoryLocks = {
  /** Held while migrating: drizzle's migrator takes no lock of its own. */
  migrate: 4_700_001,
  /** Held while the empty catalog is filled. */
  seedCatalog: 4_700_002,
  /** Held by the one worker that moves the sandbox's clock. */
  sandboxClock: 4_700_003,
} as const;
