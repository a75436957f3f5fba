import { executeAsSystem, newId } from "@latchkey/db";
import { aFilledLicense } from "@latchkey/testing/filled-license";
import { createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { renewTogether } from "./renewal-store.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const Prepared = z.tuple([z.object({ name: z.string(), generic_plans: z.string() })]);

interface PlanNode {
  readonly "Relation Name"?: string | undefined;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly "Rows Removed by Join Filter"?: number | undefined;
  readonly Plans?: PlanNode[] | undefined;
}
const PlanNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Relation Name": z.string().optional(),
    "Actual Rows": z.number(),
    "Actual Loops": z.number(),
    "Rows Removed by Filter": z.number().optional(),
    "Rows Removed by Join Filter": z.number().optional(),
    Plans: z.array(PlanNode).optional(),
  }),
);
const Explained = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: PlanNode })]) })]);

/** How many rows of tables the plan looked at, those that it threw away too. */
const rowsRead = (node: PlanNode): number => {
  const { "Actual Rows": rows, "Actual Loops": loops, Plans = [] } = node;
  const removed =
    (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Join Filter"] ?? 0);
  const own = node["Relation Name"] === undefined ? 0 : rows + removed;
  return Plans.reduce((sum, child) => sum + rowsRead(child), own * loops);
};

test("heartbeats read by their keys, though PostgreSQL planned when its tables were empty", async () => {
  const read = await executeAsSystem(made.database, async (sql) => {
    // PostgreSQL keeps the sixth plan of a prepared statement, until somebody gathers statistics.
    for (let planned = 0; planned < 6; planned += 1) await renewTogether(sql, [newId()]);
    const { sessionIds } = await aFilledLicense(made, { sessions: 1000 });
    const renewed = sessionIds.slice(0, 20);
    expect(await renewTogether(sql, renewed)).toHaveLength(renewed.length);
    const [{ name, generic_plans }] = Prepared.parse([
      ...(await sql`select name, generic_plans from pg_prepared_statements where statement like ${"%movable%"}`),
    ]);
    expect(Number(generic_plans)).toBeGreaterThan(0);
    const [explained] = Explained.parse([
      ...(await sql.unsafe(
        `explain (analyze, format json) execute "${name}" ('{${renewed.join(",")}}', 1, 1)`,
      )),
    ]);
    return rowsRead(explained["QUERY PLAN"][0].Plan);
  });
  // Of each session: itself twice, its license, its machine and the updated row.
  expect(read).toBeLessThanOrEqual(20 * 5);
});
