import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createTestDatabase } from "@latchkey/testing";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, test } from "vitest";
import { startQuietProxy } from "../test/quiet-proxy.ts";
import type { QuietProxy } from "../test/quiet-proxy.ts";
import {
  connectDatabase,
  isCommitUncertain,
  isUnavailable,
  migrate,
  requestLimits,
  sqlStateOf,
  transact,
} from "./index.ts";
import type { Database, DatabaseLimits } from "./index.ts";

const limits: DatabaseLimits = {
  patienceMs: 2_000,
  silenceMs: 2_000,
  lockMs: 500,
  statementMs: 1_000,
  idleInTransactionMs: 1_000,
};
const system = { kind: "system" } as const;

let clone: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: postgres.Sql;
beforeAll(async () => {
  clone = await createTestDatabase();
  owner = postgres(clone.url, { max: 2, onnotice: () => undefined });
  await owner`create table kept (n int primary key, by text)`;
  await owner`grant all on kept to latchkey_app`;
});
afterAll(async () => {
  await owner.end();
  await clone.close();
});

/** Vitest's hook of one test; the tests run at the same time. */
type OnFinished = (close: () => Promise<void>) => void;

const connect = (
  onTestFinished: OnFinished,
  url: string,
  options: { poolSize?: number; limits?: DatabaseLimits } = {},
) => {
  const database = connectDatabase({ url, applicationName: "silence test", limits, ...options });
  onTestFinished(() => database.close());
  return database;
};

const behindProxy = async (
  onTestFinished: OnFinished,
  options: { poolSize?: number; secure?: boolean; query?: string } = {},
): Promise<{ proxy: QuietProxy; database: Database }> => {
  const proxy = await startQuietProxy(clone.url, options);
  onTestFinished(() => proxy.close());
  return {
    proxy,
    database: connect(onTestFinished, `${proxy.url}${options.query ?? ""}`, options),
  };
};

const ask = (database: Database) => transact(database, system, ({ db }) => db.execute("select 1"));
const works = (database: Database) =>
  ask(database).then(
    () => true,
    (error: unknown) => error,
  );
const failure = (asked: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(asked).then(
    () => "it succeeded",
    (error: unknown) => error,
  );

describe.concurrent("when PostgreSQL falls silent", () => {
  test("a new connection, a statement and a single query are UNAVAILABLE, and work when it speaks", async ({
    expect,
    onTestFinished,
  }) => {
    const { proxy, database } = await behindProxy(onTestFinished);
    await ask(database);
    await database.sql`select 1`;
    const inside = Promise.withResolvers<void>();
    const hushed = Promise.withResolvers<void>();
    const cut = transact(database, system, async ({ db }) => {
      inside.resolve();
      await hushed.promise;
      await db.execute("select 1");
    });
    await inside.promise;
    proxy.hush();
    hushed.resolve();
    const asked = [
      cut,
      ask(database),
      ask(database),
      database.drizzle.execute("select 1"),
      database.sql`select 1`,
      database.sql.listen("anything", () => undefined),
    ];
    const failures = await Promise.all(asked.map(failure));
    expect(failures.map(isUnavailable)).toEqual(asked.map(() => true));
    // A statement by itself is a commit too, and whether it was made nobody knows.
    const byItself = asked[3];
    expect(failures.map(isCommitUncertain)).toEqual(asked.map((one) => one === byItself));
    proxy.speak();
    expect(await works(database)).toBe(true);
    await database.sql`select 1`;
  });

  test("a commit may have been made or not, and only then is that said", async ({
    expect,
    onTestFinished,
  }) => {
    const { proxy, database } = await behindProxy(onTestFinished, { poolSize: 1 });
    const lost = await failure(
      transact(database, system, async ({ db }) => {
        await db.execute("insert into kept values (1, 'uncertain')");
        proxy.hush();
      }),
    );
    expect(isUnavailable(lost)).toBe(true);
    expect(isCommitUncertain(lost)).toBe(true);
    proxy.speak();
    expect(await works(database)).toBe(true);
  });

  test("in the middle of a long answer, that answer is given up too", async ({
    expect,
    onTestFinished,
  }) => {
    const { proxy, database } = await behindProxy(onTestFinished);
    const rows = database.sql`
      select repeat('x', 100000) from generate_series(1, 2000)`.forEach(() => proxy.hush());
    expect(isUnavailable(await failure(rows))).toBe(true);
  });

  test("a crowd that waits for a connection is told in time, and has done nothing", async ({
    expect,
    onTestFinished,
  }) => {
    const { proxy, database } = await behindProxy(onTestFinished, { poolSize: 2 });
    await ask(database);
    proxy.hush();
    const crowd = Array.from({ length: 100 }, (_, n) =>
      failure(
        transact(database, system, ({ db }) =>
          db.execute(sql`insert into kept values (${100 + n}, 'crowd')`),
        ),
      ),
    );
    const failures = await Promise.all(crowd);
    expect(failures.every(isUnavailable)).toBe(true);
    expect(failures.some(isCommitUncertain)).toBe(false);
    proxy.speak();
    expect(await works(database)).toBe(true);
    expect(await owner`select n from kept where by = 'crowd'`).toHaveLength(0);
  });
});

test("who waits in line behind work that takes long is told in time", async ({
  expect,
  onTestFinished,
}) => {
  const database = connect(onTestFinished, clone.url, { poolSize: 1 });
  let working = true;
  const long = transact(database, system, async ({ db }) => {
    for (let part = 0; part < 6; part += 1) await db.execute("select pg_sleep(0.8)");
  }).finally(() => (working = false));
  expect(isUnavailable(await works(database))).toBe(true);
  expect(working).toBe(true);
  await long;
  expect(await works(database)).toBe(true);
});

describe.concurrent("a connection that is lost in the middle of a transaction", () => {
  test("takes none of its later statements into the transaction that follows", async ({
    expect,
    onTestFinished,
  }) => {
    const database = connect(onTestFinished, clone.url, { poolSize: 1 });
    const broken = Promise.withResolvers<void>();
    const followed = Promise.withResolvers<void>();
    const late = Promise.withResolvers<unknown>();
    const first = transact(database, system, async ({ db }) => {
      const [row] = await db.execute<{ pid: number }>("select pg_backend_pid() as pid");
      await owner`select pg_terminate_backend(${row?.pid ?? 0})`;
      broken.resolve();
      await followed.promise;
      late.resolve(await failure(db.execute("insert into kept values (2, 'late')")));
    });
    const lost = failure(first);
    await broken.promise;
    expect(isUnavailable(await lost)).toBe(true);
    const staff = { kind: "staff" } as const;
    await transact(database, staff, async ({ db }) => {
      await db.execute("insert into kept values (3, 'next')");
      followed.resolve();
      expect(isUnavailable(await late.promise)).toBe(true);
      // Time for a COMMIT of the first to arrive, were one sent.
      await sleep(100);
      const [row] = await db.execute<{ scope: string }>(
        "select current_setting('latchkey.scope') as scope",
      );
      expect(row?.scope).toBe("staff");
      expect(await owner`select n from kept where by in ('late', 'next')`).toHaveLength(0);
    });
    expect(await owner`select n from kept where by in ('late', 'next')`).toEqual([{ n: 3 }]);
  });

  test("is replaced, however often, and statements that crowd it are all answered", async ({
    expect,
    onTestFinished,
  }) => {
    const database = connect(onTestFinished, clone.url, { poolSize: 2 });
    for (let round = 0; round < 10; round += 1) {
      const lost = transact(database, system, async ({ db }) => {
        const [row] = await db.execute<{ pid: number }>("select pg_backend_pid() as pid");
        const crowd = Array.from({ length: 20 }, () =>
          failure(db.transaction((inner) => inner.execute("select pg_sleep(0.01)"))),
        );
        await owner`select pg_terminate_backend(${row?.pid ?? 0})`;
        await Promise.all(crowd);
      });
      expect(isUnavailable(await failure(lost))).toBe(true);
      expect(await works(database)).toBe(true);
    }
  });
});

test("a network that hangs up in the middle of a statement ends that transaction, and no process", async ({
  expect,
  onTestFinished,
}) => {
  const { proxy, database } = await behindProxy(onTestFinished, { poolSize: 2 });
  for (let round = 0; round < 20; round += 1) {
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const asked = begun.map(({ resolve }) =>
      transact(database, system, async ({ db }) => {
        resolve();
        await db.transaction((inner) => inner.execute("select pg_sleep(0.9)"));
      }),
    );
    await Promise.all(begun.map(({ promise }) => promise));
    await sleep(round);
    proxy.hangUp();
    expect((await Promise.all(asked.map(failure))).map(isUnavailable)).toEqual([true, true]);
    expect(await works(database)).toBe(true);
  }
});

describe.concurrent("a server that takes a connection and hangs up", () => {
  /** As a balancer does that has nobody behind it; counts who came. */
  const startHangingUp = async (onTestFinished: OnFinished) => {
    let connections = 0;
    const server = net.createServer((client) => {
      connections += 1;
      client.on("error", () => undefined);
      client.once("data", () => client.end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(async () => {
      server.close();
      await once(server, "close");
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("It has no port.");
    return {
      url: `postgres://me:secret@127.0.0.1:${address.port}/shop`,
      connections: () => connections,
    };
  };

  test("is UNAVAILABLE at once, and asked again only by who asks", async ({
    expect,
    onTestFinished,
  }) => {
    const { url, connections } = await startHangingUp(onTestFinished);
    const database = connect(onTestFinished, url);
    const asked = [
      ask(database),
      database.drizzle.execute("select 1"),
      database.systemStatements.run((driver) => driver`select 1`),
      database.sql`select 1`,
      database.sql.listen("anything", () => undefined),
    ];
    const failures = await Promise.all(asked.map(failure));
    expect(failures.map(isUnavailable)).toEqual(asked.map(() => true));
    expect(connections()).toBeLessThan(20);
  });

  test("is not migrated, and whoever wanted that is told", async ({ expect, onTestFinished }) => {
    const { url, connections } = await startHangingUp(onTestFinished);
    expect(isUnavailable(await failure(migrate(url)))).toBe(true);
    expect(connections()).toBeLessThan(5);
  });
});

describe.concurrent("what holds a row", () => {
  const lock = (db: Parameters<Parameters<Database["drizzle"]["transaction"]>[0]>[0], n: number) =>
    db.execute(sql`select n from kept where n = ${n} for update`);

  test("is waited for within the limit, and let go by a process that says nothing", async ({
    expect,
    onTestFinished,
  }) => {
    await owner`insert into kept values (4, 'held')`;
    const [holder, other] = [
      connect(onTestFinished, clone.url),
      connect(onTestFinished, clone.url),
    ];
    const held = Promise.withResolvers<void>();
    const silent = Promise.withResolvers<void>();
    const holding = failure(
      transact(holder, system, async ({ db }) => {
        await lock(db, 4);
        held.resolve();
        await silent.promise;
      }),
    );
    await held.promise;
    const waited = await failure(transact(other, system, ({ db }) => lock(db, 4)));
    expect(sqlStateOf(waited)).toBe("55P03");
    expect(isUnavailable(waited)).toBe(true);
    await expect
      .poll(
        () =>
          works(other).then(() =>
            transact(other, system, ({ db }) => lock(db, 4)).then(
              () => true,
              () => false,
            ),
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(isUnavailable(await holding)).toBe(true);
    silent.resolve();
  });

  test("a statement without end is ended", async ({ expect, onTestFinished }) => {
    const endless = transact(connect(onTestFinished, clone.url), system, ({ db }) =>
      db.execute("select pg_sleep(60)"),
    );
    expect(isUnavailable(await failure(endless))).toBe(true);
  });

  test("the server gives up an unreachable process by TCP, where it can", async ({
    expect,
    onTestFinished,
  }) => {
    const [settings] = await connect(onTestFinished, clone.url, { limits: requestLimits }).sql`
      select current_setting('tcp_keepalives_idle') as idle,
             current_setting('tcp_user_timeout') as unanswered`;
    expect(settings).toEqual({ idle: "5", unanswered: "10000" });
  });
});

describe.concurrent("over TLS", () => {
  test("everything works, and silence is noticed", async ({ expect, onTestFinished }) => {
    const { proxy, database } = await behindProxy(onTestFinished, {
      secure: true,
      query: "?sslmode=require",
    });
    expect(await works(database)).toBe(true);
    proxy.hush();
    expect(isUnavailable(await works(database))).toBe(true);
    proxy.speak();
    expect(await works(database)).toBe(true);
  });

  test("a certificate that nobody signed is refused where the URL demands one", async ({
    expect,
    onTestFinished,
  }) => {
    const { database } = await behindProxy(onTestFinished, {
      secure: true,
      query: "?sslmode=verify-full",
    });
    expect(await works(database)).toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  test("a server without it serves who prefers it, and nobody who requires it", async ({
    expect,
    onTestFinished,
  }) => {
    expect(await works(connect(onTestFinished, `${clone.url}?sslmode=prefer`))).toBe(true);
    const refused = await works(connect(onTestFinished, `${clone.url}?sslmode=require`));
    expect(String(refused)).toContain("speaks no TLS");
  });
});
