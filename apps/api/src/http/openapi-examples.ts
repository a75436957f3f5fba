/** The main job as it travels, by procedure: one story of one customer, machine and seat. */
const ids = {
  checkoutSession: "019a9f3e-52c0-7c3e-8a70-0d6f2f9c1a01",
  license: "019a9f3e-6b11-7d52-9b5e-3c1e2a7f4b02",
  product: "019a9f3e-0a00-7000-8000-000000000003",
  machine: "019a9f40-11aa-7f0e-a1c4-7e5d1b2c3d04",
  session: "019a9f40-9c31-7a88-b2d3-8f6e5d4c3b05",
  subscription: "019a9f3e-6b10-7b41-8c9d-5e4f3a2b1c06",
};

const licenseKey = "LATCH-7K3M-9QXR-2T4V-H8WZ-C6YD";
const fingerprint = "sha256:5f2c9d0e7b41a86c";
const lease = "eyJhbGciOiJFZERTQSIsInR5cCI6ImxhdGNoa2V5LWxlYXNlK2p3dCJ9.eyJzZXEiOjF9.c2ln";

const heldSeat = {
  session: {
    id: ids.session,
    startedAt: "2026-11-20T10:47:00.000Z",
    expiresAt: "2026-11-20T10:53:00.000Z",
  },
  lease,
  heartbeatInterval: 300,
  seats: { used: 1, max: 3 },
};

const license = {
  id: ids.license,
  status: "active",
  product: { id: ids.product, name: "Latch" },
  plan: { slug: "starter", name: "Starter" },
  maxSeats: 3,
  features: {},
  limits: {},
  expiresAt: "2026-12-20T10:46:12.000Z",
  graceEndsAt: null,
};

export interface Example {
  readonly request?: Readonly<Record<string, unknown>>;
  readonly answer?: Readonly<Record<string, unknown>>;
}

/** Checked against the contract's schemas by a test, so that they cannot grow old. */
export const examples: Readonly<Record<string, Example>> = {
  "organizations.create": { request: { name: "Acme GmbH" } },
  "checkout.create": {
    request: { plan: "starter", interval: "month" },
    answer: {
      id: ids.checkoutSession,
      url: `http://localhost:4700/sandbox/checkout/${ids.checkoutSession}`,
      status: "open",
      expiresAt: "2026-11-21T10:45:00.000Z",
    },
  },
  "sandbox.pay": {
    request: { checkoutSessionId: ids.checkoutSession, card: "pm_card_visa" },
    answer: { status: "complete" },
  },
  "checkout.get": {
    answer: {
      id: ids.checkoutSession,
      status: "complete",
      expiresAt: "2026-11-21T10:45:00.000Z",
      subscriptionId: ids.subscription,
      licenseId: ids.license,
      licenseKey,
    },
  },
  "machines.activate": {
    request: { licenseKey, fingerprint, name: "Ada's laptop", platform: "linux" },
    answer: {
      license,
      machine: {
        id: ids.machine,
        name: "Ada's laptop",
        platform: "linux",
        appVersion: null,
        fingerprint,
        activatedAt: "2026-11-20T10:46:40.000Z",
        lastSeenAt: "2026-11-20T10:46:40.000Z",
      },
    },
  },
  "seats.acquire": { request: { licenseKey, fingerprint }, answer: heldSeat },
  "seats.heartbeat": { request: { lease }, answer: heldSeat },
  "seats.release": { request: { lease } },
  "licenses.validate": {
    request: { licenseKey, fingerprint },
    answer: { valid: true, code: "VALID", detail: "The license is valid.", license },
  },
  "licenses.file": {
    request: { licenseId: ids.license, ttl: 604_800 },
  },
};
