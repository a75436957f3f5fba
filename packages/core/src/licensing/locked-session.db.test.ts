import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import postgres from "postgres";
import { expect, test } from "vitest";

const anyone = callBy({ kind: "anonymous" });

test("a session that somebody has locked holds up no heartbeat of another", async () => {
  const made = await createTestCore();
  const { licensing: node } = made.core;
  const seated = async () => {
    const license = await aLicense(made, { maxSeats: 1 });
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    return node.acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint });
  };
  const [locked, other] = [await seated(), await seated()];
  const sql = postgres(made.databaseUrl, { max: 1 });
  const waiting = await sql.begin(async (tx) => {
    await tx`select 1 from sessions where id = ${locked.session.id} for update`;
    const late = node.heartbeat(anyone, { lease: locked.lease });
    await node.heartbeat(anyone, { lease: other.lease });
    return { late };
  });
  expect((await waiting.late).session.id).toBe(locked.session.id);
  await sql.end();
  await made.close();
});
