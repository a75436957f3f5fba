import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";
import type { RequestHandler } from "express";

/** How long anybody may keep the key set, in seconds: old keys stay in it, so a short age is enough. */
const maxAgeSeconds = 300;

/** `/.well-known/jwks.json`: the public keys of all products, as RFC 7517 lays them out. */
export const answerJwks =
  ({ catalog }: Pick<Core, "catalog">): RequestHandler =>
  async (_request, response) => {
    const keys = await catalog.publicKeys(systemCall("publish-keys"));
    response
      .setHeader("Cache-Control", `public, max-age=${maxAgeSeconds}, stale-if-error=86400`)
      .setHeader("Access-Control-Allow-Origin", "*")
      .type("application/jwk-set+json")
      .send(JSON.stringify(keys));
  };
