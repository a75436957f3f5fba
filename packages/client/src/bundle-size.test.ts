import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const resolveDir = fileURLToPath(new URL(".", import.meta.url));

/** What an app's bundle gains by `createLatchkey`, the tRPC client not counted. */
const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: 'export { createLatchkey } from "@latchkey/client";', resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@trpc/client"],
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
};

test("the client weighs at most 20 KB gzip in an app's bundle, and the mock nothing", async () => {
  const code = await bundle();
  expect(gzipSync(code).byteLength).toBeLessThanOrEqual(20_000);
  expect(code).toContain("/.well-known/jwks.json");
  expect(code).not.toContain("Mock product");
});
