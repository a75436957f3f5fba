export { findSodiumEd25519 } from "./sodium-ed25519.ts";
