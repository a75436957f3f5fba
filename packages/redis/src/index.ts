export { clusterLookMs, readClusterUrl } from "./cluster-address.ts";
export { connectRedis } from "./connection.ts";
export type { AttemptOutcome, RedisConnection, RedisOptions } from "./connection.ts";
export { redisEnvironment } from "./environment.ts";
export { createRateLimit, createRateLimits, usesPerMinute } from "./rate-limits.ts";
export type { RateLimit, RateLimits } from "./rate-limits.ts";
export type { MovedSeat, SeatMove } from "./move-seats.ts";
export { createSeatCache } from "./seat-cache.ts";
export type { CountedSeat, Reservation, SeatCache } from "./seat-cache.ts";
