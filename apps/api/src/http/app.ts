import type { RequestListener } from "node:http";
import type { Core } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import express from "express";
import type { Express, Handler } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import type { Metrics } from "../metrics/create-metrics.ts";
import { createMetricsDoor } from "../metrics/metrics-door.ts";
import { addStateMetrics } from "../metrics/state-metrics.ts";
import { createProcedures } from "../routers/index.ts";
import { createContext } from "../trpc/context.ts";
import type { Identities } from "../trpc/identity.ts";
import { apiHeadersOf, sendApiHeaders } from "./api-headers.ts";
import { compileProxyTrust } from "./caller-address.ts";
import { createDocsRouter } from "./docs.ts";
import { createHealthRouter } from "./health.ts";
import type { HealthDeps } from "./health.ts";
import { createHotPath } from "./hot-path.ts";
import { createOpenApiDocument } from "./openapi.ts";
import { answerErrors, answerUnknownPath } from "./problems.ts";
import { createRequestLog } from "./request-log.ts";
import { createRestRouter } from "./rest.ts";
import { serveWebApp } from "./static.ts";
import { createTrpcDoor } from "./trpc-door.ts";
import { answerJwks } from "./well-known.ts";

export interface AppSettings {
  readonly mode: "sandbox" | "production";
  readonly publicUrl: string;
  /** Express' "trust proxy": false, how many proxies stand before us, or their addresses. */
  readonly trustProxy: boolean | number | string;
  readonly portalDirectory: string;
  readonly adminDirectory: string;
  /** What whoever scrapes `/metrics` has to know; without it only a sandbox tells. */
  readonly metricsToken?: string | undefined;
}

export interface AppDeps extends HealthDeps {
  readonly core: Core;
  readonly metrics: Metrics;
  readonly identities: Identities;
  /** Sign-in's own handler, mounted at /api/auth; it reads its bodies itself. */
  readonly authHandler: Handler;
  readonly settings: AppSettings;
  readonly log: Log;
  readonly logger: Logger;
}

const pageHeaders = ({ publicUrl }: AppSettings): Handler => {
  const secure = publicUrl.startsWith("https:");
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        ...(secure && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: "same-origin" },
  });
};

export interface App {
  /** Everything that answers HTTP: the hot path, and Express behind it. */
  readonly listener: RequestListener;
  /** Express alone, which answers the hot path's requests as well, and alike. */
  readonly express: Express;
}

/** Everything that answers HTTP, in the order in which it is asked. */
export const createApp = (deps: AppDeps): App => {
  const { core, identities, settings, metrics, log, logger } = deps;
  const { mode, publicUrl } = settings;
  addStateMetrics(metrics.registry, deps);
  const procedures = createProcedures({ core, mode, metrics: metrics.procedures, log });
  const contextOf = (facts: Parameters<typeof createContext>[1]) =>
    createContext({ identities, publicUrl }, facts);
  const openApi = createOpenApiDocument({ mode, publicUrl });
  const trust = compileProxyTrust(settings.trustProxy);
  const apiHeaders = apiHeadersOf(settings);

  const app = express();
  app.set("trust proxy", trust);
  app.set("query parser", "simple");
  app.set("etag", false);
  app.disable("x-powered-by");
  app.use(createRequestLog(logger));
  app.use("/trpc", sendApiHeaders(apiHeaders), createTrpcDoor({ ...procedures, contextOf, log }));
  app.use("/api/v1", sendApiHeaders(apiHeaders), createRestRouter({ ...procedures, contextOf }));
  app.use(pageHeaders(settings));
  app.use(createHealthRouter(deps));
  app.get("/metrics", createMetricsDoor(metrics.registry, settings));
  app.get("/.well-known/jwks.json", answerJwks(core));
  app.all("/api/auth/{*any}", deps.authHandler);
  app.get("/openapi.json", (_request, response) => void response.json(openApi));
  app.use("/docs", createDocsRouter());
  app.use("/api", answerUnknownPath);
  app.use("/admin", serveWebApp("admin app", settings.adminDirectory));
  app.use(serveWebApp("portal", settings.portalDirectory));
  app.use(answerUnknownPath);
  app.use(answerErrors(log));
  const hotPath = createHotPath({ ...procedures, apiHeaders, trust, log, logger });
  return { listener: hotPath(app), express: app };
};
