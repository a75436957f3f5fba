export { connectRedis } from "./connection.ts";
export type { RedisConnection, RedisOptions } from "./connection.ts";
export { redisEnvironment } from "./environment.ts";
export { createRateLimits, usesPerMinute } from "./rate-limits.ts";
export type { RateLimits } from "./rate-limits.ts";
export { createSeatCache } from "./seat-cache.ts";
export type { CountedSeat, Reservation, SeatCache } from "./seat-cache.ts";
