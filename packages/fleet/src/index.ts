export type { Behaviour } from "./behaviour.ts";
export type { FleetCounts, LicenseCounts } from "./counts.ts";
export { createFleet } from "./fleet.ts";
export type { Fleet } from "./fleet.ts";
export { judge } from "./judge.ts";
export type { FleetLedger, LedgerCall, LedgerSession } from "./ledger.ts";
export type { MachineState } from "./machine.ts";
export type { FleetLicense, FleetOptions } from "./options.ts";
export type { Verdict, VerdictFigures, Violation, ViolationKind } from "./verdict.ts";
