import type postgres from "postgres";
import { commitUncertain, connectionError } from "./connection-error.ts";
import { endsConnection, isCrowdedOut, isUnavailable, sqlStateOf } from "./sql-errors.ts";

/** One connection of the driver, used until it is lost and never again after. */
export interface PooledConnection {
  readonly sql: postgres.Sql;
  readonly isLost: () => boolean;
  readonly lose: () => void;
}

type Begun<Result> = (sql: postgres.TransactionSql) => Result | Promise<Result>;
/** As the driver takes it: a transaction's mode, such as `read only`, may come first. */
type Begin<Result> = [work: Begun<Result>] | [mode: string, work: Begun<Result>];

export interface ConnectionPool {
  /** Lends a connection for one statement, which commits by itself. */
  run<Result>(work: (sql: postgres.Sql) => Promise<Result>): Promise<Result>;
  begin<Result>(...args: Begin<Result>): Promise<Result>;
  use(): PoolUse;
  close(): Promise<void>;
}

/** The pool at this moment. */
export interface PoolUse {
  readonly size: number;
  /** Connections that are lent. */
  readonly busy: number;
  /** Who waits in line for one. */
  readonly waiting: number;
}

/**
 * How much of the patience may pass in line. In a jam whoever is next has always waited for nearly all of it: were that
 * the whole, connections would be busy beginning transactions that nobody waits for any more.
 */
const inLinePart = 0.8;

/** For so long a connection that PostgreSQL refused is not tried again, while others work. */
const restMs = 250;

const never = (): Promise<never> => new Promise(() => undefined);

const lost = () =>
  connectionError("CONNECTION_CLOSED", "The connection of this transaction was lost.");

/** Runs the work and never comes back over a lost connection, so that the driver sends no end of it. */
const ending = async <Result>(
  work: Begun<Result>,
  sql: postgres.TransactionSql,
  isOver: () => boolean,
): Promise<Result> => {
  try {
    return await work(guard(sql, isOver));
  } finally {
    if (isOver()) await never();
  }
};

/**
 * A transaction that refuses statements once its connection is lost. The driver (postgres.js 3.4.9) would send
 * them, its COMMIT or ROLLBACK too, over the same connection made anew: into whatever transaction, of whatever
 * tenant, runs there by then.
 */
const guard = (sql: postgres.TransactionSql, isOver: () => boolean): postgres.TransactionSql =>
  new Proxy(sql, {
    apply: (target, self, args) => {
      if (isOver()) throw lost();
      const answer: unknown = Reflect.apply(target, self, args);
      return answer;
    },
    get: (target, name) => {
      if (isOver()) throw lost();
      const property: unknown = Reflect.get(target, name);
      if (name !== "savepoint") return property;
      return (...args: Begin<unknown>) => {
        const work = args.length === 1 ? args[0] : args[1];
        const guarded = (inner: postgres.TransactionSql) => ending(work, inner, isOver);
        return args.length === 1 ? target.savepoint(guarded) : target.savepoint(args[0], guarded);
      };
    },
  });

/**
 * Lends at most `size` connections. Who finds none free waits in line; whoever has no transaction open after
 * `patienceMs` (in line, connecting, BEGIN) is told UNAVAILABLE and has done nothing. Connections are made when they
 * are needed and replaced once they are lost. Where PostgreSQL has none left, who wanted it waits for those that are
 * there: it would else be the one that fails at once, is free again at once, and fails the next.
 */
export const createConnectionPool = ({
  size,
  patienceMs,
  connect,
  onWait,
}: {
  readonly size: number;
  readonly patienceMs: number;
  readonly connect: () => PooledConnection;
  /** Told how long somebody stood in line, whether or not they got a connection in the end. */
  readonly onWait?: ((seconds: number) => void) | undefined;
}): ConnectionPool => {
  /** Null where a connection is still to be made. */
  const free: (PooledConnection | null)[] = Array.from({ length: size }, () => null);
  const made = new Set<PooledConnection>();
  /** Those of `made` that did what they were asked. */
  const proven = new WeakSet<PooledConnection>();
  const line: ((connection: PooledConnection) => void)[] = [];

  const usable = (connection: PooledConnection | null): PooledConnection => {
    if (connection?.isLost() === false) return connection;
    if (connection) made.delete(connection);
    const fresh = connect();
    made.add(fresh);
    return fresh;
  };

  const take = (): Promise<PooledConnection> => {
    const connection = free.pop();
    if (connection !== undefined) return Promise.resolve(usable(connection));
    const startedMs = performance.now();
    const tell = (): void => onWait?.((performance.now() - startedMs) / 1000);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        line.splice(line.indexOf(serve), 1);
        tell();
        reject(connectionError("POOL_TIMEOUT", "All connections to PostgreSQL are busy."));
      }, patienceMs * inLinePart);
      const serve = (connection: PooledConnection): void => {
        clearTimeout(timer);
        tell();
        resolve(connection);
      };
      line.push(serve);
    });
  };

  const giveBack = (connection: PooledConnection): void => {
    const next = line.shift();
    if (next) next(usable(connection));
    else free.push(connection);
  };

  const othersWork = (): boolean =>
    [...made].some((connection) => proven.has(connection) && !connection.isLost());

  const lend = async <Result>(
    work: (connection: PooledConnection, begun: () => void) => Promise<Result>,
  ): Promise<Result> => {
    const deadlineMs = performance.now() + patienceMs;
    const first = await take();
    const late = Promise.withResolvers<never>();
    let isLate = false;
    const tooLate = () => connectionError("CONNECT_TIMEOUT", "PostgreSQL did not answer in time.");
    // The connection is not to blame: it may work for others in a jam. One that is silent is cut by its socket.
    const timer = setTimeout(
      () => {
        isLate = true;
        late.reject(tooLate());
      },
      Math.max(1, deadlineMs - performance.now()),
    );
    const attempt = async (connection: PooledConnection): Promise<Result> => {
      const begun = (): void => {
        clearTimeout(timer);
        if (isLate) throw tooLate();
      };
      let result: Result;
      try {
        result = await work(connection, begun);
      } catch (error) {
        if (endsConnection(error)) connection.lose();
        const waits = isCrowdedOut(error) && !proven.has(connection) && !isLate && othersWork();
        if (!waits) {
          giveBack(connection);
          throw error;
        }
        setTimeout(giveBack, restMs, connection).unref();
        return attempt(await take());
      }
      proven.add(connection);
      giveBack(connection);
      return result;
    };
    const working = attempt(first).finally(() => clearTimeout(timer));
    return Promise.race([working, late.promise]);
  };

  return {
    run: (work) =>
      lend(async ({ sql }, begun) => {
        begun();
        try {
          return await work(sql);
        } catch (error) {
          // PostgreSQL itself says of a statement that failed; a connection that is gone says nothing.
          const unknown = isUnavailable(error) && sqlStateOf(error) === undefined;
          throw unknown ? commitUncertain(error) : error;
        }
      }),
    begin: <Result>(...args: Begin<Result>) =>
      lend(async ({ sql, isLost }, begun) => {
        const [mode, work] = args.length === 1 ? ["", args[0]] : args;
        const done = Promise.withResolvers<Result>();
        let committing = false;
        let over = false;
        const isOver = () => over || isLost();
        try {
          await sql.begin(mode, async (transaction) => {
            begun();
            done.resolve(await ending(work, transaction, isOver));
            committing = true;
          });
        } catch (error) {
          throw committing && isUnavailable(error) ? commitUncertain(error) : error;
        } finally {
          over = true;
        }
        return done.promise;
      }),
    use: () => ({ size, busy: size - free.length, waiting: line.length }),
    close: async () => {
      await Promise.all([...made].map(({ sql }) => sql.end({ timeout: 5 })));
    },
  };
};
