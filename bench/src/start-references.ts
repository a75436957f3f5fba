import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { createSigner, generateSigningKey } from "@latchkey/license-crypto/sign";
import type { Signer } from "@latchkey/license-crypto/sign";
import { createKeyRing } from "@latchkey/license-crypto/verify";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import type { Started } from "./processes.ts";
import type { Servers } from "./servers.ts";

/** The references, each started when it is first asked for. */
export interface References {
  hello(): Promise<Started>;
  /** With the key that it signs by, so that leases can be made for it and its answers checked. */
  floor(): Promise<Started & { readonly signer: Signer; readonly keyRing: KeyRing }>;
  textbook(): Promise<Started & { readonly publicKey: KeyObject }>;
}

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
};

export const createReferences = ({ apiUrl, startReference }: Servers): References => ({
  hello: once(() => startReference("hello")),
  floor: once(async () => {
    const { kid, algorithm, privateKeyPem, publicJwk } = await generateSigningKey("EdDSA");
    const floor = await startReference("floor", {
      SIGNING_KEY: privateKeyPem,
      SIGNING_KID: kid,
      ISSUER: apiUrl,
    });
    const signer = createSigner({ kid, algorithm, privateKey: createPrivateKey(privateKeyPem) });
    return { ...floor, signer, keyRing: createKeyRing({ keys: [publicJwk] }) };
  }),
  textbook: once(async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 4096 });
    const textbook = await startReference("textbook", {
      SIGNING_KEY: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    });
    return { ...textbook, publicKey: createPublicKey(privateKey) };
  }),
});
