/** How long PostgreSQL may keep a process waiting, and how long that process may keep others waiting. */
export interface DatabaseLimits {
  /** From asking for a connection to an open transaction: the queue of the pool, connecting, BEGIN. */
  readonly patienceMs: number;
  /** So long a connection that was asked something may say nothing before it is cut. */
  readonly silenceMs: number;
  /** PostgreSQL ends a statement, also one that waits for a lock, after these. Below `silenceMs`. */
  readonly lockMs: number;
  readonly statementMs: number;
  /** PostgreSQL ends a transaction whose process says nothing: a dead node keeps no row locked. */
  readonly idleInTransactionMs: number;
}

/**
 * For a process that answers requests: a desktop hangs up after 7 s (`requestTimeoutMs` of the client), and should
 * hear UNAVAILABLE before.
 */
export const requestLimits: DatabaseLimits = {
  patienceMs: 5_000,
  silenceMs: 5_000,
  lockMs: 3_000,
  statementMs: 4_000,
  idleInTransactionMs: 5_000,
};

/** For a process that works by itself: sweeps and reports take their time, and nobody waits for them. */
export const workLimits: DatabaseLimits = {
  patienceMs: 60_000,
  silenceMs: 35_000,
  lockMs: 15_000,
  statementMs: 30_000,
  idleInTransactionMs: 30_000,
};

/**
 * What a connection asks of the server for itself. An unreachable process is given up by TCP within 20 s, so that
 * neither its session nor what that holds outlives it for hours, as it would by the defaults of most systems.
 */
export const serverSettings = (limits: DatabaseLimits) => ({
  // Up to version 17 PostgreSQL prices a way that is turned off so high that it compiles the statement, `latchkey_now()`
  // of every heartbeat included, for 30 to 70 ms. No statement here is long enough to earn that back.
  jit: "off",
  lock_timeout: limits.lockMs,
  statement_timeout: limits.statementMs,
  idle_in_transaction_session_timeout: limits.idleInTransactionMs,
  tcp_user_timeout: 10_000,
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
});
