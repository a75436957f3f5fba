import { acquireSeat } from "./acquire-seat.ts";
import { activateMachine } from "./activate-machine.ts";
import { getAnyLicense, listAllLicenses } from "./admin-licenses.ts";
import { checkOutLicenseFile } from "./check-out-license-file.ts";
import { countHeldSeats } from "./count-held-seats.ts";
import { deactivateMachine, removeMachine } from "./deactivate-machine.ts";
import type { LicensingDeps, VerbDeps } from "./deps.ts";
import { describeLicense } from "./describe-license.ts";
import { endExpiredSessions } from "./end-expired-sessions.ts";
import { endSession } from "./end-session.ts";
import { expireLicense, listDueLicenses } from "./expire-license.ts";
import { findNextDueAt } from "./find-next-due-at.ts";
import { followSubscription } from "./follow-subscription.ts";
import { createFullLicenses } from "./full-licenses.ts";
import { heartbeat } from "./heartbeat.ts";
import { issueLicense } from "./issue-license.ts";
import { createSeatJudge } from "./judge-in-batches.ts";
import { createKeyHolders } from "./key-holders.ts";
import { getLicense, listLicenses } from "./list-licenses.ts";
import { listMachines } from "./list-machines.ts";
import { listSessions } from "./list-sessions.ts";
import { reinstateLicense, revokeLicense, suspendLicense } from "./override-license.ts";
import { createOwnLeases } from "./own-leases.ts";
import { createRefusals } from "./refusals.ts";
import { releaseSeat } from "./release-seat.ts";
import { createRenewSession } from "./renew-sessions.ts";
import { revealKey, revealLicenseKey } from "./reveal-key.ts";
import { rotateKey, rotateKeyByStaff } from "./rotate-key.ts";
import { createUsedSeats } from "./used-seats.ts";
import { validateLicense } from "./validate-license.ts";

/** Licenses, the machines that they run on, and the seats that those hold. */
export const createLicensing = (given: LicensingDeps) => {
  const fullLicenses = createFullLicenses();
  const usedSeats = createUsedSeats();
  const deps: VerbDeps = {
    ...given,
    fullLicenses,
    judgeSeat: createSeatJudge({ ...given, fullLicenses }),
    keyHolders: createKeyHolders({ ...given, fullLicenses }),
    ownLeases: createOwnLeases(),
    refusals: createRefusals(given),
    renewSession: createRenewSession({ ...given, usedSeats }),
    usedSeats,
  };
  return {
    acquireSeat: acquireSeat(deps),
    heartbeat: heartbeat(deps),
    releaseSeat: releaseSeat(deps),

    activateMachine: activateMachine(deps),
    deactivateMachine: deactivateMachine(deps),
    removeMachine: removeMachine(deps),
    listMachines: listMachines(deps),
    listSessions: listSessions(deps),
    countHeldSeats: countHeldSeats(deps),
    endSession: endSession(deps),

    listLicenses: listLicenses(deps),
    getLicense: getLicense(deps),
    revealKey: revealKey(deps),
    rotateKey: rotateKey(deps),
    checkOutLicenseFile: checkOutLicenseFile(deps),
    validateLicense: validateLicense(deps),

    listAllLicenses: listAllLicenses(deps),
    getAnyLicense: getAnyLicense(deps),
    suspendLicense: suspendLicense(deps),
    reinstateLicense: reinstateLicense(deps),
    revokeLicense: revokeLicense(deps),
    rotateKeyByStaff: rotateKeyByStaff(deps),

    issueLicense: issueLicense(deps),
    followSubscription: followSubscription(deps),
    revealLicenseKey: revealLicenseKey(deps),
    describeLicense: describeLicense(deps),
    listDueLicenses: listDueLicenses(deps),
    expireLicense: expireLicense(deps),
    endExpiredSessions: endExpiredSessions(deps),
    findNextDueAt: findNextDueAt(deps),
  };
};

export { createSeatRebuild } from "./rebuild-seats.ts";
export type Licensing = ReturnType<typeof createLicensing>;
