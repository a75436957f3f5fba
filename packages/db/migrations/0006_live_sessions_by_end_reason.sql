DROP INDEX "sessions_live";--> statement-breakpoint
CREATE INDEX "sessions_live" ON "sessions" USING btree ("id") WHERE "sessions"."end_reason" is null;