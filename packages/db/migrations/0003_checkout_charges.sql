ALTER TYPE "public"."trial_claim_kind" ADD VALUE 'organization';--> statement-breakpoint
ALTER TABLE "checkout_sessions" ALTER COLUMN "gateway_reference" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "checkout_sessions" ADD COLUMN "charging_method_reference" text;--> statement-breakpoint
ALTER TABLE "checkout_sessions" ADD COLUMN "charging_authenticated" boolean DEFAULT false NOT NULL;