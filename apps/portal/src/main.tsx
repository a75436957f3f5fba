import "@latchkey/ui/web/without-eval";
import "@latchkey/ui/theme.css";
import "@latchkey/ui/web/web.css";
import "./app.css";
import { ExplainProvider } from "@latchkey/ui/web";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider, createBrowserRouter } from "react-router";
import { explain } from "./api/explain.ts";
import { queryClient } from "./api/query-client.ts";
import { routes } from "./routes.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");
createRoot(root).render(
  <StrictMode>
    <ExplainProvider value={explain}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={createBrowserRouter(routes)} />
      </QueryClientProvider>
    </ExplainProvider>
  </StrictMode>,
);
