import { Validation } from "@latchkey/contracts";
import type { FleetLicense } from "@latchkey/fleet";
import { z } from "zod";
import { UsageError } from "../usage-error.ts";
import { ask } from "./server-requests.ts";

const PublicKeys = z.object({ keys: z.array(z.unknown()).min(1) });

/** The public keys of the server, by which everything is judged that the fleet is told. Throws UsageError. */
export const getPublicKeys = (host: string) =>
  ask(host, "show its public keys", { path: "/.well-known/jwks.json" }, PublicKeys);

/** What the server says of license keys: their product and seats. Throws UsageError for one that may not run. */
export const findLicenses = async (
  host: string,
  keys: readonly string[],
): Promise<{ readonly product: string; readonly licenses: readonly FleetLicense[] }> => {
  const products = new Set<string>();
  const licenses: FleetLicense[] = [];
  for (const licenseKey of keys) {
    const { code, detail, license } = await ask(
      host,
      "judge a license key",
      { path: "/api/v1/licenses/validate", body: { licenseKey } },
      Validation,
    );
    // A key without a machine is judged NO_MACHINE, which says nothing against it.
    if (
      license === undefined ||
      !["VALID", "PAST_DUE", "NO_MACHINE", "SEATS_EXHAUSTED"].includes(code)
    ) {
      throw new UsageError(
        `The license key that ends in ${licenseKey.slice(-4)} cannot be used: ${detail}`,
      );
    }
    products.add(license.product.id);
    licenses.push({ licenseKey, maxSeats: license.maxSeats });
  }
  const [product, other] = products;
  if (product === undefined || other !== undefined) {
    throw new UsageError("All license keys must be of one product.");
  }
  return { product, licenses };
};
