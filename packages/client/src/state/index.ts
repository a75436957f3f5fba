export { initialCore, reduce } from "./reduce.ts";
export { timing } from "./timing.ts";
export type { Core, Effect, Event, Happening, HeldLease, Notice, Phase, Step } from "./model.ts";
