import { expect, test } from "vitest";
import { isSilent } from "./session-rules.ts";

const lastHeartbeatAt = "2026-11-20T12:00:00.000Z";

test.each([
  ["2026-11-20T12:00:00.000Z", false],
  ["2026-11-20T12:05:15.000Z", false],
  ["2026-11-20T12:05:15.001Z", true],
  // The sandbox's clock ran ahead of this computer's.
  ["2026-11-20T11:00:00.000Z", false],
])("at %s a computer heard at noon is silent: %s", (now, silent) => {
  expect(isSilent({ lastHeartbeatAt }, Date.parse(now))).toBe(silent);
});
