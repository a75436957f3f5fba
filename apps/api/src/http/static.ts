import { existsSync } from "node:fs";
import path from "node:path";
import express from "express";
import type { Router } from "express";

const notBuilt = (name: string): string =>
  `The ${name} is not built yet. Run "npm run build" at the root of the repository and reload.\n`;

/**
 * A built web app: its files, and its page for every path that people navigate to. Vite puts a hash
 * into the names below assets/, so those never change; the page itself is asked for anew each time.
 */
export const serveWebApp = (name: string, directory: string): Router => {
  const app = express.Router();
  const page = path.join(directory, "index.html");
  app.use(
    "/assets",
    express.static(path.join(directory, "assets"), {
      immutable: true,
      maxAge: "365d",
      fallthrough: true,
      index: false,
      redirect: false,
    }),
  );
  app.use(express.static(directory, { index: false, redirect: false, maxAge: 0 }));
  app.get("/{*path}", (request, response, next) => {
    const isFile = path.extname(request.path) !== "";
    if (isFile || !request.accepts("html")) return next();
    if (!existsSync(page)) return void response.status(503).type("text/plain").send(notBuilt(name));
    response.setHeader("Cache-Control", "no-cache");
    response.sendFile(page);
  });
  return app;
};
