#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { UsageError, readKeyRing, verifyLicenseFile } from "./verify-license-file.ts";
import type { Verdict } from "./verify-license-file.ts";

const usage = `Usage: latchkey license verify FILE --keys JWKS [options]

Judges a license file by the vendor's public keys alone, without a network.

  --keys JWKS              the keys, as /.well-known/jwks.json serves them
  --product ID             accept files of this product alone
  --fingerprint TEXT       this machine's fingerprint, for a file that is bound to one
  --license-key-file PATH  holds the license key of an encrypted file
  --json                   print the verdict as JSON

Exit code: 0 valid, 1 not valid, 2 called wrongly.`;

const read = (path: string, what: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UsageError(`${what} cannot be read: ${path}`);
  }
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        keys: { type: "string" },
        product: { type: "string" },
        fingerprint: { type: "string" },
        "license-key-file": { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : usage);
  }
};

const describe = ({ detail, claims }: Verdict): string =>
  claims === null
    ? detail
    : `${detail}\n${claims.product.name}, ${claims.plan}, for ${claims.organization}`;

/** Runs the command and answers its exit code. Throws UsageError. */
const run = (args: readonly string[]): number => {
  const { positionals, values } = parse(args);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [noun, verb, file, ...rest] = positionals;
  if (noun !== "license" || verb !== "verify" || file === undefined || rest.length > 0) {
    throw new UsageError(usage);
  }
  if (values.keys === undefined) throw new UsageError("--keys is missing: the vendor's JWK set.");
  const keyFile = values["license-key-file"];
  const verdict = verifyLicenseFile(
    read(file, "The license file"),
    readKeyRing(read(values.keys, "The JWK set")),
    {
      nowSeconds: Math.floor(Date.now() / 1000),
      audience: values.product,
      fingerprint: values.fingerprint,
      licenseKey: keyFile === undefined ? undefined : read(keyFile, "The license key").trim(),
    },
  );
  console.log(values.json ? JSON.stringify(verdict) : describe(verdict));
  return verdict.valid ? 0 : 1;
};

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
