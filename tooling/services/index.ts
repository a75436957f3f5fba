export { OperatorError } from "./operator-error.ts";
export { commandOf } from "./process-table.ts";
export { startPostgres, stopAbandonedPostgres, type PostgresOptions } from "./postgres.ts";
export { REDIS_DATABASES, startRedis, stopAbandonedRedis, type RedisOptions } from "./redis.ts";
export type { RunningService } from "./running-service.ts";
