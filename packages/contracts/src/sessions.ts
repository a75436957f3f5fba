import { z } from "zod";
import {
  Instant,
  LicenseId,
  MachineId,
  Nothing,
  SessionId,
  page,
  pageInput,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

export const SessionEndReason = z.enum([
  "released",
  "expired",
  "ended_by_member",
  "ended_by_staff",
  "machine_deactivated",
  "license_suspended",
  "license_revoked",
  "license_expired",
  "seats_reduced",
]);
export type SessionEndReason = z.infer<typeof SessionEndReason>;

export const SeatSession = z
  .strictObject({
    id: SessionId,
    machine: z.strictObject({ id: MachineId, name: z.string() }),
    startedAt: Instant,
    lastHeartbeatAt: Instant,
    expiresAt: Instant,
    endedAt: Instant.nullable(),
    endReason: SessionEndReason.nullable(),
    appVersion: z.string().nullable(),
  })
  .meta({ id: "SeatSession" });
export type SeatSession = z.infer<typeof SeatSession>;

export const sessionsContract = {
  list: query({
    summary: "Who holds, or held, the license's seats; newest first",
    access: { kind: "member", permission: "licenses:read" },
    rest: {
      method: "GET",
      path: "/licenses/{licenseId}/sessions",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({
      licenseId: LicenseId,
      ...pageInput,
      live: z
        .boolean()
        .default(true)
        .meta({ description: "false includes the sessions that ended" }),
    }),
    output: page(SeatSession),
  }),
  end: mutation({
    summary: "End somebody's session and free the seat",
    access: { kind: "member", permission: "licenses:manage" },
    rest: {
      method: "DELETE",
      path: "/licenses/{licenseId}/sessions/{sessionId}",
      tag: "Licenses",
      successStatus: 204,
    },
    input: z.strictObject({ licenseId: LicenseId, sessionId: SessionId }),
    output: Nothing,
  }),
};
