import { seatTiming } from "@latchkey/contracts";
import type { SeatSession } from "@latchkey/contracts";

/** Heartbeats are spread by 5 % so that desktops do not march in step; a later one is overdue. */
const overdueMs = seatTiming.heartbeatSeconds * 1.05 * 1000;

/** Whether a heartbeat is overdue: the app has crashed, or its network is gone. Its lease runs on for a moment. */
export const isSilent = (
  { lastHeartbeatAt }: Pick<SeatSession, "lastHeartbeatAt">,
  nowMs: number,
): boolean => nowMs - Date.parse(lastHeartbeatAt) > overdueMs;
