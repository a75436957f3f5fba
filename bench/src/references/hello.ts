/**
 * The reference: tRPC on Express with the heartbeat's own input and output schemas, and no work behind them. It knows
 * no lease, no database and no Redis; what it takes is what the two libraries and the schemas take.
 */
import { createServer } from "node:http";
import { contract } from "@latchkey/contracts";
import { initTRPC } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";

const { input, output } = contract.seats.heartbeat;
const t = initTRPC.create({ isDev: false });

const session = {
  id: "01934567-89ab-7cde-8f01-23456789abcd",
  startedAt: "2026-01-01T00:00:00.000Z",
  expiresAt: "2026-01-01T00:06:00.000Z",
};

const router = t.router({
  seats: t.router({
    heartbeat: t.procedure
      .input(input)
      .output(output)
      // The lease goes back as it came, so that the answer has a heartbeat's length.
      .mutation(({ input: { lease } }) => ({
        session,
        lease,
        heartbeatInterval: 300,
        seats: { used: 1, max: 5 },
      })),
  }),
});

const app = express();
app.disable("x-powered-by");
app.set("etag", false);
app.use("/trpc", createExpressMiddleware({ router }));

const server = createServer(app);
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("SIGTERM", () => process.exit(0));
