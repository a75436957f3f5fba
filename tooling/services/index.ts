export { freePort } from "./free-port.ts";
export { OperatorError } from "./operator-error.ts";
export { commandOf, descendantsOf, livingProcesses } from "./process-table.ts";
export { startPostgres, stopAbandonedPostgres, type PostgresOptions } from "./postgres.ts";
export { REDIS_DATABASES, startRedis, stopAbandonedRedis, type RedisOptions } from "./redis.ts";
export {
  formRedisCluster,
  startRedisCluster,
  startRedisClusterNode,
  type RedisClusterNode,
} from "./redis-cluster.ts";
export { endChild, endWithParent, exitOf, type RunningService } from "./running-service.ts";
export { demandPostgres, ensureDatabase } from "./reach-postgres.ts";
export { demandRedis } from "./reach-redis.ts";
export { obtainRedis } from "./redis-program.ts";
export { findChromium, obtainChromium } from "./chromium.ts";
export { thisHost } from "./host.ts";
