const codesOf = (error: unknown): string[] => {
  if (!(error instanceof Error)) return [];
  const own = "code" in error && typeof error.code === "string" ? [error.code] : [];
  return [...own, ...codesOf(error.cause)];
};

const databaseOf = ({ pathname }: URL): string => decodeURIComponent(pathname.slice(1));

/**
 * What is wrong and what to do, by the operating system's or the driver's code, or by SQLSTATE
 * (PostgreSQL, appendix A).
 */
const explanations: Readonly<Record<string, (url: URL) => string>> = {
  ECONNREFUSED: ({ host }) =>
    `Nothing listens at ${host}: start PostgreSQL there or correct DATABASE_URL.`,
  ENOTFOUND: ({ hostname }) => `There is no host ${hostname}: correct DATABASE_URL.`,
  EAI_AGAIN: ({ hostname }) =>
    `The name ${hostname} cannot be resolved now: check the network or correct DATABASE_URL.`,
  CONNECT_TIMEOUT: ({ host }) =>
    `${host} does not answer: check the firewall or correct DATABASE_URL.`,
  CONNECTION_CLOSED: ({ host }) =>
    `What listens at ${host} hangs up: start PostgreSQL behind it or correct DATABASE_URL.`,
  "28P01": ({ username }) =>
    `PostgreSQL refuses the password of ${username || "this user"}: correct it in DATABASE_URL.`,
  "28000": ({ username }) =>
    `PostgreSQL refuses ${username || "this user"}: correct the user in DATABASE_URL or let it in (pg_hba.conf).`,
  "3D000": (url) =>
    `The server has no database ${databaseOf(url)}: make it with \`createdb ${databaseOf(url)}\` or correct DATABASE_URL.`,
  "42501": ({ username }) =>
    `${username || "This user"} may not change the schema: let DATABASE_URL name the owner of the database, with the right to create roles.`,
  "53100": () => "The disk of PostgreSQL is full: free some space there and run this again.",
  "53300": () =>
    "PostgreSQL has no connection left: raise its max_connections or stop other programs.",
  "57P03": () => "PostgreSQL is starting or stopping: wait a moment and run this again.",
};

/**
 * One sentence on a failure of the database at `databaseUrl`, never with its password; null for
 * everything else.
 */
export const explainDatabaseFailure = (error: unknown, databaseUrl: string): string | null => {
  for (const code of codesOf(error)) {
    const explain = explanations[code];
    if (explain) return explain(new URL(databaseUrl));
  }
  return null;
};
