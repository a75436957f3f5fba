import { parseArgs } from "node:util";
import { systemCall } from "@latchkey/core";
import { z } from "zod";
import { createDeps } from "../deps.ts";
import { readEnvironment } from "../env.ts";
import { UsageError, runCommand } from "./run-command.ts";

const usage = "Usage: npm run keys:rotate -- --product SLUG [--algorithm EdDSA|PS256]";

const Arguments = z.strictObject({
  product: z.string().min(1),
  algorithm: z.enum(["EdDSA", "PS256"]).optional(),
});

const readArguments = (): z.infer<typeof Arguments> => {
  try {
    const { values } = parseArgs({
      options: { product: { type: "string" }, algorithm: { type: "string" } },
    });
    return Arguments.parse({ ...values });
  } catch {
    throw new UsageError(usage);
  }
};

/** Gives a product a new signing key, by default Ed25519. Running clients notice nothing. */
await runCommand(async () => {
  const { product, algorithm } = readArguments();
  const env = readEnvironment();
  const deps = createDeps(env);
  try {
    const { kid } = await deps.core.catalog.rotateSigningKey(systemCall("keys:rotate"), {
      product,
      ...(algorithm && { algorithm }),
    });
    return [
      `${product} signs with ${kid} from now on; every API node takes it within 30 seconds.`,
      "Running clients go on: old leases stay valid, and the old key vouches for the new one.",
      `Next: pin the new public key in your app's next release; it is in ${env.LATCHKEY_PUBLIC_URL}/.well-known/jwks.json.`,
    ].join("\n");
  } finally {
    await deps.close();
  }
});
