import path from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import type { Router } from "express";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Latchkey API reference</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css" />
    <link rel="stylesheet" href="/docs/page.css" />
  </head>
  <body>
    <div id="reference"><p>The reference needs JavaScript; the same is at <a href="/openapi.json">/openapi.json</a>.</p></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** Swagger UI keeps a column for OpenAPI links, of which this API has none; a telephone has no room for it. */
const style = `.swagger-ui .response-col_links { display: none; }
.swagger-ui .responses-inner { overflow-x: auto; }
`;

const start = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  displayOperationId: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  validatorUrl: null,
});
`;

/** The readable reference at /docs: Swagger UI from node_modules, with nothing fetched from elsewhere. */
export const createDocsRouter = (): Router => {
  const docs = express.Router();
  const manifest = fileURLToPath(import.meta.resolve("swagger-ui-dist/package.json"));
  const assets = express.static(path.dirname(manifest), { index: false, maxAge: "1d" });
  const served = new Set(["/swagger-ui.css", "/swagger-ui-bundle.js"]);
  docs.use("/assets", (request, response, next) =>
    served.has(request.path) ? assets(request, response, next) : next(),
  );
  docs.get("/page.css", (_request, response) => {
    response.type("text/css").send(style);
  });
  docs.get("/start.js", (_request, response) => {
    response.type("text/javascript").send(start);
  });
  docs.get("/", (_request, response) => {
    response.type("html").send(page);
  });
  return docs;
};
