import { hash, timingSafeEqual } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import type { Handler } from "express";
import type { Registry } from "prom-client";
import { answerUnknownPath } from "../http/problems.ts";

export interface MetricsSettings {
  readonly mode: "sandbox" | "production";
  /** Who scrapes sends it as a bearer token. Without one, a sandbox is open and production is closed. */
  readonly metricsToken?: string | undefined;
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");

/**
 * `/metrics` in Prometheus' text format. It tells how much is sold and how busy the server is, so it is not
 * the world's: in production without a token there is nothing under the address.
 */
export const createMetricsDoor = (
  registry: Registry,
  { mode, metricsToken }: MetricsSettings,
): Handler => {
  const wanted = metricsToken === undefined ? null : digest(`Bearer ${metricsToken}`);
  return async (request, response, next) => {
    if (wanted === null && mode === "production") {
      answerUnknownPath(request, response, next);
      return;
    }
    if (wanted && !timingSafeEqual(digest(request.headers.authorization ?? ""), wanted)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      const remedy = "Send METRICS_TOKEN as a bearer token.";
      next(new DomainError("UNAUTHENTICATED", { remedy }));
      return;
    }
    response.type(registry.contentType).send(await registry.metrics());
  };
};
