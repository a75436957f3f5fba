/**
 * The armor of a license file, in the manner of RFC 7468: base64 (RFC 4648 section 4) of the ASCII
 * bytes of a compact JWS or JWE, in lines of 64.
 *
 *     -----BEGIN LATCHKEY LICENSE FILE-----
 *     ZXlKaGJHY2lPaUpGWkVSVFFTSXNJbXRwWkNJNklqRWlMQ0owZVhBaU9pSnNZWFJq
 *     …
 *     -----END LATCHKEY LICENSE FILE-----
 */
const BEGIN = "-----BEGIN LATCHKEY LICENSE FILE-----";
const END = "-----END LATCHKEY LICENSE FILE-----";
const LINE_LENGTH = 64;

/** Far above the largest token in armor; the rest is room for the mail around it. */
const MAX_FILE_LENGTH = 262_144;

export type Unarmored =
  { ok: true; token: string } | { ok: false; reason: "not_a_license_file" | "damaged" };

/** Wraps a compact token (ASCII) into the text of a license file; ends with a line feed. */
export function armor(token: string): string {
  const base64 = Buffer.from(token, "ascii").toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return [BEGIN, ...lines, END, ""].join("\n");
}

/**
 * The token inside the first armor of `text`. Forgives what mail and editors do: text around it,
 * CRLF, blank lines, other line lengths, indentation and ">" quoting. Nothing else is forgiven.
 */
export function unarmor(text: string): Unarmored {
  const start = text.indexOf(BEGIN);
  if (start === -1) return { ok: false, reason: "not_a_license_file" };
  const end = text.indexOf(END, start);
  if (end === -1 || end - start > MAX_FILE_LENGTH) return { ok: false, reason: "damaged" };

  const base64 = text.slice(start + BEGIN.length, end).replaceAll(/[\s>\uFEFF]+/g, "");
  const bytes = Buffer.from(base64, "base64");
  const token = bytes.toString("latin1");
  const canonical = bytes.toString("base64") === base64 && /^[A-Za-z0-9_.-]+$/.test(token);
  return canonical ? { ok: true, token } : { ok: false, reason: "damaged" };
}
