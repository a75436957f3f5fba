export type { LicenseInfo, MachineInfo, Validation } from "./answers.ts";
export { createLatchkey } from "./create-latchkey.ts";
export type { LatchkeyOptions, MachineIdentity } from "./create-latchkey.ts";
export type { Latchkey } from "./latchkey.ts";
export { platformClock } from "./latchkey-clock.ts";
export type { LatchkeyClock } from "./latchkey-clock.ts";
export type {
  LatchkeyError,
  LocalError,
  NetworkError,
  Refusal,
  Result,
  SeatHolder,
  Trouble,
} from "./latchkey-error.ts";
export type { LatchkeyState, Seat, StateName } from "./latchkey-state.ts";
export * from "./state/index.ts";
export { mockLatchkey } from "./mock-latchkey.ts";
export type { MockLatchkey, MockOptions } from "./mock-latchkey.ts";
export { readKey } from "./read-key.ts";
export type { KeyReading } from "./read-key.ts";
export { memoryStorage } from "./storage.ts";
export type { LatchkeyStorage, StoredName } from "./storage.ts";
export type { Fetch } from "./wire.ts";
