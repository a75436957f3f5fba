import type { Configuration } from "electron-builder";

/** Everything is bundled into out/, so no node_modules travel with the app. */
const config: Configuration = {
  appId: "com.example.latch",
  productName: "Latch",
  directories: { output: "dist" },
  files: ["out/**", "package.json", "!node_modules/**"],
  // What the binary itself refuses, so that no environment variable or edited file turns it into plain Node.
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: { target: "AppImage", category: "Office" },
  mac: { target: "dmg" },
  win: { target: "nsis" },
};

export default config;
