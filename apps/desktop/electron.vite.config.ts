import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

export default defineConfig({
  main: {
    // Workspace packages are TypeScript sources, so everything is bundled and the package ships no node_modules.
    build: { externalizeDeps: false },
  },
  preload: {
    // A sandboxed preload is one CommonJS file.
    build: {
      externalizeDeps: false,
      rolldownOptions: { output: { format: "cjs", entryFileNames: "[name].cjs" } },
    },
  },
  renderer: {
    plugins: [react()],
    // The content security policy allows files of our own origin alone, so nothing may become a data: URL.
    build: { minify: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  },
});
