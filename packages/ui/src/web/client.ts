import type { AppRouter } from "@latchkey/api";
import { createTRPCClient, httpBatchLink } from "@trpc/client";

/** The API, typed by its router; the session travels as a cookie of this origin. */
export const api = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: "/trpc", maxItems: 20 })],
});
