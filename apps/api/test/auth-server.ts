import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import express from "express";
import type { Auth } from "../src/auth/index.ts";

/** A browser's part that matters here: cookies kept, Origin sent. Each has an address of its own. */
export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

const Text = z.looseObject({});

/** A field of an answer's body, as text. */
export const textOf = (answer: Answer, field: string): string =>
  z.string().parse(Text.parse(answer.body)[field]);

let visitors = 0;

/** Serves sign-in alone over HTTP on a free port, for tests. */
export const serveAuth = async (auth: Auth, publicUrl: string) => {
  const app = express();
  app.set("trust proxy", true);
  app.all("/api/auth/{*any}", auth.handler);
  app.get("/identity", async (request, response) => {
    const headers = new Headers();
    for (const name of ["cookie", "authorization"]) {
      const value = request.get(name);
      if (value !== undefined) headers.set(name, value);
    }
    response.json(await auth.findIdentity(headers));
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;

  const aVisitor = (address?: string): Visitor => {
    visitors += 1;
    const from = address ?? `198.51.${Math.floor(visitors / 250)}.${visitors % 250}`;
    const cookies = new Map<string, string>();
    const ask = async (
      method: string,
      path: string,
      body: unknown,
      headers: Record<string, string>,
    ): Promise<Answer> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(new URL(path, base), {
        method,
        redirect: "manual",
        headers: {
          "x-forwarded-for": from,
          ...(cookie !== "" && { cookie, origin: publicUrl }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && {
          body: typeof body === "string" ? body : JSON.stringify(body),
        }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        const [name = "", value = ""] = pair.split("=", 2);
        if (/max-age=0/i.test(line) || value === "") cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      const json = response.headers.get("content-type")?.includes("json") ?? false;
      const answer: unknown = json ? JSON.parse(text) : text;
      return { status: response.status, headers: response.headers, body: answer };
    };
    return {
      cookies,
      get: (path, headers = {}) => ask("GET", path, undefined, headers),
      post: (path, body = {}, headers = {}) => ask("POST", path, body, headers),
    };
  };

  return {
    aVisitor,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};
