import { z } from "zod";

/** An empty variable is an unset one, as in every shell. */
const optionalUrl = z
  .string()
  .optional()
  .transform((url) => (url === "" ? undefined : url));

const schema = z.object({ DATABASE_URL: optionalUrl, REDIS_URL: optionalUrl });

/** The servers that tests shall use instead of private ones; both may be left out. */
export const readTestEnv = () => schema.parse(process.env);
