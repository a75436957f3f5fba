/** The disk under PostgreSQL fills up in the middle of heartbeats, and is freed some time later. */
import * as fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { describe, expect, test } from "vitest";
import { redisKinds } from "./form.ts";
import { diskDirectory } from "./house/place.ts";
import { whyNoDisk } from "./house/small-disk.ts";
import { aMachine, seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

const DISK_MB = 224;
const FULL_FOR_MS = 4_000;
const RECOVERED_WITHIN_MS = 30_000;

const whyNot = whyNoDisk();
const note =
  whyNot === null ? "" : ` is not tried: it takes a small disk of its own, and ${whyNot}`;

/** Writes until nothing fits any more. */
const fill = (file: string): void => {
  const ballast = fs.openSync(file, "a");
  try {
    for (let size = 1_048_576; size >= 4_096;) {
      try {
        fs.writeSync(ballast, Buffer.alloc(size));
      } catch {
        size /= 2;
      }
    }
  } finally {
    fs.closeSync(ballast);
  }
};

describe.skipIf(whyNot !== null).each(redisKinds("single"))(
  `a full disk${note}, on %s`,
  (_name, redis) => {
    const trial = startTrial({
      redis,
      // It would wait out its patience with a PostgreSQL that crashed under it: half a minute for nothing new.
      worker: false,
      postgresDiskMegabytes: DISK_MB,
      postgresSettings: { max_wal_size: "64MB", min_wal_size: "32MB", wal_recycle: "off" },
    });

    /** As a service manager does: what ended is started again, until it stays up. */
    const keepUp = async (stopped: AbortSignal): Promise<void> => {
      const { postgres } = trial.house();
      while (!stopped.aborted) {
        if (!postgres.isUp()) await postgres.start().catch(() => undefined);
        await sleep(200);
      }
    };

    /** PostgreSQL writes into segments that it has already; new ones find no room. */
    const useUpSegments = async (): Promise<void> => {
      // A client of its own: the driver tells the error of a crash once more, to whoever asks it next.
      const sql = postgres(trial.house().databaseUrl, { max: 1 });
      try {
        for (let segment = 0; segment < 8; segment += 1) {
          await sql`select pg_logical_emit_message(true, 'faults', repeat('x', 1000000)), pg_switch_wal()`;
        }
      } catch {
        return;
      } finally {
        await sql.end({ timeout: 0 });
      }
      throw new Error("The disk is not full.");
    };

    test("fills up amid heartbeats and is freed 4 s later: every answer is typed, nothing acknowledged is lost, and all recovers by itself within 30 s", async () => {
      const { house } = trial;
      const calls = seatCalls(house().api.url);
      const license = await house().issue({ maxSeats: 3 });
      const codes = new Set<string>();
      const ask = async (): Promise<void> => {
        const answer = await calls.activate(aMachine(license));
        codes.add(answer.ok ? "OK" : answer.code);
      };
      await trial.survives(
        async () => {
          const ballast = path.join(diskDirectory(house().place), "ballast");
          const stopping = new AbortController();
          const manager = keepUp(stopping.signal);
          try {
            fill(ballast);
            await useUpSegments();
            fill(ballast);
            const fullUntilMs = performance.now() + FULL_FOR_MS;
            while (performance.now() < fullUntilMs) await ask();
            expect([...codes]).toContain("UNAVAILABLE");
            expect(["OK", "UNAVAILABLE", "RATE_LIMITED"]).toEqual(
              expect.arrayContaining([...codes]),
            );
            fs.rmSync(ballast);
            codes.clear();
            await expect
              .poll(async () => ask().then(() => [...codes]), { timeout: RECOVERED_WITHIN_MS })
              .toContain("OK");
          } finally {
            fs.rmSync(ballast, { force: true });
            stopping.abort();
            await manager;
          }
        },
        { silent: true },
      );
    });

    test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
      trial.ends());
  },
);
