import { idempotencyKeys } from "@latchkey/db/schema";
import { createTestCore } from "@latchkey/testing/test-core";
import { expect, test } from "vitest";
import { forgetAnswers } from "./forget-answers.ts";

test("forgets the answers whose day is over, however many, and keeps the others", async () => {
  const made = await createTestCore();
  const keys = (first: number, last: number, expiresIn: string) =>
    made.database.sql`
      insert into idempotency_keys (scope, key, procedure, request_hash, expires_at)
      select 'test', n::text, 'organizations.create', '\\x00', clock_timestamp() + ${expiresIn}::interval
      from generate_series(${first}::int, ${last}::int) n`;
  await keys(1, 2_500, "-1 second");
  await keys(2_501, 2_503, "1 hour");

  await forgetAnswers(made.core);

  const left = await made.database.drizzle
    .select({ key: idempotencyKeys.key })
    .from(idempotencyKeys);
  expect(left.map(({ key }) => key).toSorted()).toEqual(["2501", "2502", "2503"]);
  await made.close();
});
