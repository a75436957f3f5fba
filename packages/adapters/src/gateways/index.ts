export { createSandboxGateway } from "./sandbox-gateway.ts";
export { sandboxCards } from "./sandbox-cards.ts";
export type { SandboxCard } from "./sandbox-cards.ts";
