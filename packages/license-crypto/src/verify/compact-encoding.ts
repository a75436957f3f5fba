/** The decoding that JWS and JWE share, strict so that one token has one spelling. */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of unpadded canonical base64url (RFC 7515 section 2); null for empty or any other spelling. */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return text !== "" && bytes.toString("base64url") === text ? bytes : null;
}

/** The JSON value in a base64url part, or undefined when it is not valid UTF-8 JSON. */
export function decodeJson(part: string): unknown {
  const bytes = decodeBase64url(part);
  if (bytes === null) return undefined;
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
