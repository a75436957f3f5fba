import { createRoot } from "react-dom/client";
import "@latchkey/ui/theme.css";
import "./window.css";
import { App } from "./app.tsx";
import { bridge } from "./bridge.ts";

const root = document.querySelector("#root");
if (root === null) throw new Error("The page has no root element.");

const [about, state, work] = await Promise.all([
  bridge.about(),
  bridge.state(),
  bridge.readWork().catch(() => ""),
]);
addEventListener("online", () => void bridge.networkReturned());
createRoot(root).render(<App about={about} firstState={state} firstWork={work} />);
