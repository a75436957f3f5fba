// `npm run keys:rotate`: brings Node 24, then hands over to rotate-keys.ts.
import { runsNode24 } from "./node-24.mjs";

if (runsNode24()) {
  const { rotateKeys } = await import("./rotate-keys.ts");
  rotateKeys();
}
