import type { RequestHandler } from "express";

/**
 * What every answer of the two API doors says to a browser: it is data, to be read as what it says it
 * is, by our own origin, and never drawn (OWASP REST Security Cheat Sheet, "Security Headers"). The rest
 * of what helmet sends is for pages.
 */
export const apiHeadersOf = ({
  publicUrl,
}: {
  readonly publicUrl: string;
}): Readonly<Record<string, string>> => ({
  // One caller's answer, and a moment's refusal.
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  ...(publicUrl.startsWith("https:") && {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  }),
});

/** Says so on the way in, whatever answers. */
export const sendApiHeaders =
  (headers: Readonly<Record<string, string>>): RequestHandler =>
  (_request, response, next) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    next();
  };
