import { v7 as uuidv7 } from "uuid";

/** A new UUIDv7: ordered by time, so that fresh rows sit together in their index. */
export const newId = (): string => uuidv7();
