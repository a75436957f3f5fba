import { z } from "zod";

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

const Host = z
  .url({ protocol: /^https?$/, error: "must be an address such as https://license.example.com" })
  .transform((text) => new URL(text))
  .refine(({ protocol, hostname }) => protocol === "https:" || loopback.has(hostname), {
    error: "must begin with https:// (http:// is for this computer alone)",
  })
  .refine(({ pathname, search, hash }) => pathname === "/" && search === "" && hash === "", {
    error: "must be an origin, without a path",
  })
  .transform(({ origin }) => origin);

const Settings = z.strictObject({
  appName: z.string().trim().min(1).max(40),
  keyPrefix: z.string().regex(/^[A-Z0-9]{2,12}$/, "must be 2 to 12 of A-Z and 0-9"),
  host: Host,
  product: z.uuid("must be the product's id"),
  publicKeys: z.object({
    keys: z
      .array(z.looseObject({ kty: z.string(), kid: z.string() }))
      .min(1, "must hold the product's public keys, from {host}/.well-known/jwks.json"),
  }),
});

/** What the vendor fills in; `host` is an origin without a trailing slash. */
export type Settings = z.infer<typeof Settings>;

/** Reads the vendor's settings from parsed JSON. Throws Error naming every setting that is wrong and why. */
export const parseSettings = (json: unknown): Settings => {
  const result = Settings.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "settings"}: ${message}`,
  );
  throw new Error(`The settings of this app are not complete.\n\n${problems.join("\n")}`);
};
