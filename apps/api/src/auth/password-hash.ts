import { hash, verify } from "@node-rs/argon2";

/**
 * OWASP's second set for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. Argon2id
 * is the library's default; its name is an ambient enum, which code that is only stripped cannot use.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A PHC string ("$argon2id$v=19$m=19456,t=2,p=1$…") with a random salt of 16 bytes. */
export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Whether the password is the one behind the hash; false for a hash that is none. */
export const verifyPassword = async (stored: {
  readonly hash: string;
  readonly password: string;
}): Promise<boolean> => {
  try {
    return await verify(stored.hash, stored.password);
  } catch {
    return false;
  }
};
