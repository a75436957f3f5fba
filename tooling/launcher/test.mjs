// `npm test`: brings Node 24, then hands over to test.ts.
import { runsNode24 } from "./node-24.mjs";

if (runsNode24()) {
  const { test } = await import("./test.ts");
  await test();
}
