/** The environment, as far as the programs of the benchmark read it; `startReference` sets it for the references. */
const read = (name: string): string => process.env[name] ?? "";

export const env = {
  path: read("PATH"),
  databaseUrl: read("DATABASE_URL"),
  redisUrl: read("REDIS_URL"),
  secret: read("LATCHKEY_SECRET"),
  /** Of the references that sign: the private key in PEM, its id, and what their leases name as issuer. */
  signingKey: read("SIGNING_KEY"),
  signingKid: read("SIGNING_KID"),
  issuer: read("ISSUER"),
  /** Of the textbook design: the library that signs and verifies. */
  tokensBy: read("TOKENS_BY"),
};
