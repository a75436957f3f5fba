export { createAuth } from "./create-auth.ts";
export type { Auth, AuthDeps } from "./create-auth.ts";
