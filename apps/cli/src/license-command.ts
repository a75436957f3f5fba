import { parseArgs } from "node:util";
import { readText } from "./read-text.ts";
import { UsageError } from "./usage-error.ts";
import { readKeyRing, verifyLicenseFile } from "./verify-license-file.ts";
import type { Verdict } from "./verify-license-file.ts";

export const licenseUsage = `Usage: latchkey license verify FILE --keys JWKS [options]

Judges a license file by the vendor's public keys alone, without a network.

  --keys JWKS              the keys, as /.well-known/jwks.json serves them
  --product ID             accept files of this product alone
  --fingerprint TEXT       this machine's fingerprint, for a file that is bound to one
  --license-key-file PATH  holds the license key of an encrypted file
  --json                   print the verdict as JSON

Exit code: 0 valid, 1 not valid, 2 called wrongly.`;

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
    throw new UsageError(error instanceof Error ? error.message : licenseUsage);
  }
};

const describe = ({ detail, claims }: Verdict): string =>
  claims === null
    ? detail
    : `${detail}\n${claims.product.name}, ${claims.plan}, for ${claims.organization}`;

/** `latchkey license verify …`, from its verb on; answers the exit code. Throws UsageError. */
export const licenseCommand = (args: readonly string[]): number => {
  const { positionals, values } = parse(args);
  if (values.help) {
    process.stdout.write(`${licenseUsage}\n`);
    return 0;
  }
  const [verb, file, ...rest] = positionals;
  if (verb !== "verify" || file === undefined || rest.length > 0) {
    throw new UsageError(licenseUsage);
  }
  if (values.keys === undefined) throw new UsageError("--keys is missing: the vendor's JWK set.");
  const keyFile = values["license-key-file"];
  const verdict = verifyLicenseFile(
    readText(file, "The license file"),
    readKeyRing(readText(values.keys, "The JWK set")),
    {
      nowSeconds: Math.floor(Date.now() / 1000),
      audience: values.product,
      fingerprint: values.fingerprint,
      licenseKey: keyFile === undefined ? undefined : readText(keyFile, "The license key").trim(),
    },
  );
  process.stdout.write(`${values.json ? JSON.stringify(verdict) : describe(verdict)}\n`);
  return verdict.valid ? 0 : 1;
};
