import { systemCall } from "@latchkey/core";
import { ensureStaffUser } from "../auth/ensure-staff-user.ts";
import { createDeps } from "../deps.ts";
import { readEnvironment } from "../env.ts";
import { readStaffEnvironment } from "./env.ts";
import { runCommand } from "./run-command.ts";

/** Fills what a new installation needs: the catalog and the first staff member. Safe to run again. */
await runCommand(async () => {
  const { sandbox, email, password } = readStaffEnvironment();
  const deps = createDeps(readEnvironment());
  try {
    const call = systemCall("seed");
    await deps.core.catalog.seedCatalog(call);
    const done = await ensureStaffUser(deps, call, {
      email,
      password: password.reveal(),
      demanding: !sandbox,
      resetPassword: sandbox,
    });
    const staff = done === "kept" ? `${email} keeps their password` : `${email} can sign in`;
    return `The catalog is filled; staff: ${staff}.`;
  } finally {
    await deps.close();
  }
});
