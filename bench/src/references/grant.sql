-- One grant as a transaction of its own: the statements that the API sent for one acquire, as PostgreSQL's log had
-- them, before it came to judge acquires that arrive together in one transaction
-- (packages/core/src/licensing/judge-seats.ts). It stays the reference because pgbench can run no other: a client of
-- pgbench knows of no other client's turn. Statement by statement under the tenant's scope and the license's lock, and
-- with the statements that need nothing of each other travelling together. bench/src/pgbench.ts fills in :licenses and
-- :organizations, small arrays, and :machine, the id that ends in the machine's number: every transaction of every
-- client takes the next machine, which holds nothing.
\set n :turn * :clients + :client_id
\set license :n % :license_count + 1
\set turn :turn + 1
begin;
select set_config('latchkey.scope', 'tenant', true),
       set_config('latchkey.organization_id', (:organizations)[:license]::text, true),
       set_config('latchkey.user_id', '', true),
       latchkey_now() as now;
select "organization_id", "id", "product_id", "plan_version_id", "subscription_id", "key_hash", "key_ciphertext",
  "key_prefix", "key_last_four", "key_rotated_at", "status", "trial", "max_seats", "max_machines", "features", "limits",
  "paid_until", "grace_ends_at", "expires_at", "suspended_by_staff_at", "suspended_by_dunning_at", "ended_at",
  "revoked_at", "due_at", "created_at"
from "licenses" where "licenses"."id" = (:licenses)[:license] for update;
\startpipeline
select "organization_id", "id", "license_id", "fingerprint", "components", "name", "platform", "app_version",
  "activated_at", "last_seen_at", "deactivated_at", "banned_at"
from "machines"
where "machines"."license_id" = (:licenses)[:license] and "machines"."fingerprint" = 'bench:' || :machine
  and ("machines"."deactivated_at" is null or "machines"."banned_at" is not null)
order by "machines"."banned_at" is null limit 1;
select count(*) from "sessions"
where "sessions"."license_id" = (:licenses)[:license] and "sessions"."ended_at" is null;
\endpipeline
\startpipeline
insert into "sessions" ("organization_id", "id", "license_id", "machine_id", "started_at", "last_heartbeat_at",
  "expires_at", "seq", "ended_at", "end_reason", "address", "user_agent", "app_version")
values ((:organizations)[:license], uuidv7(), (:licenses)[:license], (:machine)::uuid, latchkey_now(), latchkey_now(),
  latchkey_now() + make_interval(secs => 360), default, default, default, '127.0.0.1', 'bench', null)
on conflict ("license_id", "machine_id") where "sessions"."ended_at" is null
do update set "last_heartbeat_at" = latchkey_now(),
  "expires_at" = greatest("sessions"."expires_at", latchkey_now() + make_interval(secs => 360)),
  "seq" = "sessions"."seq" + 1
returning "organization_id", "id", "license_id", "machine_id", "started_at", "last_heartbeat_at", "expires_at", "seq",
  "ended_at", "end_reason", "address", "user_agent", "app_version";
select count(*) from "sessions"
where "sessions"."license_id" = (:licenses)[:license] and "sessions"."ended_at" is null
  and "sessions"."expires_at" > latchkey_now();
\endpipeline
commit;
