import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createLicensesRouter = (procedure: BuildProcedure, { licensing }: Core) =>
  ({
    list: procedure(contract.licenses.list, licensing.listLicenses),
    get: procedure(contract.licenses.get, licensing.getLicense),
    reveal: procedure(contract.licenses.reveal, licensing.revealKey),
    rotateKey: procedure(contract.licenses.rotateKey, licensing.rotateKey),
    file: procedure(contract.licenses.file, licensing.checkOutLicenseFile),
    validate: procedure(contract.licenses.validate, licensing.validateLicense),
  }) satisfies RecordOf<typeof contract.licenses>;

export const createMachinesRouter = (procedure: BuildProcedure, { licensing }: Core) =>
  ({
    activate: procedure(contract.machines.activate, licensing.activateMachine),
    deactivate: procedure(contract.machines.deactivate, licensing.deactivateMachine),
    list: procedure(contract.machines.list, licensing.listMachines),
    remove: procedure(contract.machines.remove, licensing.removeMachine),
  }) satisfies RecordOf<typeof contract.machines>;

export const createSeatsRouter = (procedure: BuildProcedure, { licensing }: Core) =>
  ({
    acquire: procedure(contract.seats.acquire, licensing.acquireSeat),
    heartbeat: procedure(contract.seats.heartbeat, licensing.heartbeat),
    release: procedure(contract.seats.release, licensing.releaseSeat),
  }) satisfies RecordOf<typeof contract.seats>;

export const createSessionsRouter = (procedure: BuildProcedure, { licensing }: Core) =>
  ({
    list: procedure(contract.sessions.list, licensing.listSessions),
    end: procedure(contract.sessions.end, licensing.endSession),
  }) satisfies RecordOf<typeof contract.sessions>;
