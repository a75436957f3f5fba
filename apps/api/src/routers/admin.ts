import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createAdminRouter = (
  procedure: BuildProcedure,
  { licensing, mail, operations, audit }: Core,
) =>
  ({
    licenses: {
      list: procedure(contract.admin.licenses.list, licensing.listAllLicenses),
      get: procedure(contract.admin.licenses.get, licensing.getAnyLicense),
      suspend: procedure(contract.admin.licenses.suspend, licensing.suspendLicense),
      reinstate: procedure(contract.admin.licenses.reinstate, licensing.reinstateLicense),
      revoke: procedure(contract.admin.licenses.revoke, licensing.revokeLicense),
      rotateKey: procedure(contract.admin.licenses.rotateKey, licensing.rotateKeyByStaff),
    },
    mails: { list: procedure(contract.admin.mails.list, mail.listMails) },
    jobs: { list: procedure(contract.admin.jobs.list, operations.listRuns) },
    audit: { list: procedure(contract.admin.audit.list, audit.listAuditEntries) },
  }) satisfies RecordOf<typeof contract.admin>;
