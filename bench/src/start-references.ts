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
  /** A process for each name. */
  hello(name: string): Promise<Started>;
  /** With the key that it signs by, so that leases can be made for it and its answers checked. */
  floor(): Promise<Started & { readonly signer: Signer; readonly keyRing: KeyRing }>;
  /** With tokens by this library. */
  textbook(tokensBy: TokenLibrary): Promise<Started & { readonly publicKey: KeyObject }>;
}

const tokenLibraries = {
  jsonwebtoken: "as tutorials write it",
  jose: "signing on the thread pool",
} as const;
export type TokenLibrary = keyof typeof tokenLibraries;

/** What the textbook design is called in the table. */
export const textbookBy = (library: TokenLibrary): string =>
  `textbook (${library}, ${tokenLibraries[library]})`;

const once = <Value>(make: () => Promise<Value>): (() => Promise<Value>) => {
  let made: Promise<Value> | null = null;
  return () => (made ??= make());
};

const onceForEach = <Name, Value>(
  make: (name: Name) => Promise<Value>,
): ((name: Name) => Promise<Value>) => {
  const makers = new Map<Name, () => Promise<Value>>();
  return (name) => {
    const maker = makers.get(name) ?? once(() => make(name));
    makers.set(name, maker);
    return maker();
  };
};

export const createReferences = ({ apiUrl, startReference }: Servers): References => ({
  hello: onceForEach(() => startReference("hello")),
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
  textbook: onceForEach(async (tokensBy: TokenLibrary) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 4096 });
    const textbook = await startReference("textbook", {
      SIGNING_KEY: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      TOKENS_BY: tokensBy,
    });
    return { ...textbook, publicKey: createPublicKey(privateKey) };
  }),
});
