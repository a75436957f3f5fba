import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { isOnOrigin, windowOrigin } from "./trusted-origin.ts";

/** The window loads its own files and nothing else; it talks to main alone, so it may connect nowhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const notFound = () => new Response("Not found", { status: 404 });

/** Answers a request of the window from the files below `directory`. */
export const answerFrom =
  (directory: string) =>
  async ({ url, method }: Pick<Request, "url" | "method">): Promise<Response> => {
    if (method !== "GET" || !isOnOrigin(url, windowOrigin(null))) return notFound();
    const path = new URL(url).pathname;
    // The build writes flat, plain names; anything else asks for a file that is not the window's.
    if (!/^(?:\/[\w-][\w.-]*)+$/.test(path)) return notFound();
    const contentType = contentTypes[extname(path)];
    if (contentType === undefined) return notFound();
    try {
      return new Response(new Uint8Array(await readFile(join(directory, path))), {
        headers: {
          "content-type": contentType,
          "content-security-policy": CONTENT_SECURITY_POLICY,
          "x-content-type-options": "nosniff",
        },
      });
    } catch {
      return notFound();
    }
  };
