export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export { createTestRedis, type TestRedis } from "./test-redis.ts";
