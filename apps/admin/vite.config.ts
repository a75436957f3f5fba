import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The API and everything it serves, where `npm start` puts it. */
const api = "http://localhost:4700";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  build: {
    // The content security policy allows files of our own origin alone, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    // Every browser that we support preloads modules itself; the polyfill would be an inline script.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Libraries change less often than pages, so a browser keeps them over most releases.
        codeSplitting: {
          groups: [
            {
              name: "react",
              test: /node_modules\/(react|react-dom|react-router|scheduler)\//,
              priority: 1,
            },
            { name: "libraries", test: /node_modules/ },
          ],
        },
      },
    },
  },
  server: { port: 4702, proxy: { "/trpc": api, "/api": api } },
});
