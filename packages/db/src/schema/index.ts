export * from "./billing.ts";
export * from "./catalog.ts";
export * from "./identity.ts";
export * from "./licensing.ts";
export * from "./operations.ts";
export * from "./organizations.ts";
