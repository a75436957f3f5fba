import type { Database } from "@latchkey/db";
import type { RateLimits, SeatCache } from "@latchkey/redis";
import type {
  Ed25519,
  Gateway,
  GatewayName,
  Log,
  MailTransport,
  Observe,
  RenderMail,
} from "./ports.ts";
import type { Vault } from "./vault.ts";

/** Everything that the core is given; built once by each app and by each test file. */
export interface CoreDeps {
  readonly database: Database;
  /** Redis' part of the seats: fast, never the judge. */
  readonly seatCache: SeatCache;
  readonly rateLimits: RateLimits;
  readonly vault: Vault;
  /** Left out, node:crypto signs. */
  readonly ed25519?: Ed25519;
  readonly gateways: Partial<Record<GatewayName, Gateway>>;
  readonly renderMail: RenderMail;
  readonly mailTransport: MailTransport;
  readonly log: Log;
  /** Left out where nobody measures. */
  readonly observe?: Observe;
  readonly settings: CoreSettings;
}

export interface CoreSettings {
  readonly mode: "sandbox" | "production";
  /** Where people reach the portal, without a trailing slash; also the issuer of leases. */
  readonly publicUrl: string;
  /** The gateway of new checkouts. */
  readonly gateway: GatewayName;
}
