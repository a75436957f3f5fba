// `npm start`: brings Node 24, then hands over to start.ts.
import { runsNode24 } from "./node-24.mjs";

if (runsNode24()) {
  const { start } = await import("./start.ts");
  await start();
}
