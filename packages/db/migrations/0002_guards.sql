-- Rules that hold when the code forgets: tenant isolation, append-only records, sold plans and
-- finalized invoices that cannot change, a clock that never moves back.

-- Roles belong to the whole cluster, so another database may be making the same one right now.
DO $$ BEGIN
  CREATE ROLE latchkey_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
--> statement-breakpoint
DO $$ BEGIN EXECUTE format('GRANT latchkey_app TO %I', current_user); END $$;
--> statement-breakpoint
GRANT USAGE ON SCHEMA public TO latchkey_app;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO latchkey_app;
--> statement-breakpoint
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO latchkey_app;
--> statement-breakpoint

-- Each transaction states whose rows it may see: one organization's, one person's own, or (staff and
-- background work, which are audited) all. A transaction that states nothing sees nothing.
CREATE FUNCTION latchkey_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('latchkey.organization_id', true), '')::uuid
$$;
--> statement-breakpoint
CREATE FUNCTION latchkey_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('latchkey.user_id', true), '')::uuid
$$;
--> statement-breakpoint
CREATE FUNCTION latchkey_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('latchkey.scope', true) IN ('staff', 'system'), false)
$$;
--> statement-breakpoint
DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'memberships', 'invitations', 'licenses', 'machines', 'sessions', 'gateway_customers',
    'payment_methods', 'subscriptions', 'trial_claims', 'checkout_sessions', 'invoices',
    'invoice_lines', 'payments'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING ((SELECT latchkey_sees_all())
         OR organization_id = (SELECT latchkey_organization()))', tenant_table);
  END LOOP;
  -- Rows of these may belong to no organization: a tenant writes them, and reads only its own.
  FOREACH tenant_table IN ARRAY ARRAY['outbox_events', 'audit_entries', 'mails'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON %I USING ((SELECT latchkey_sees_all())
         OR organization_id = (SELECT latchkey_organization()))
       WITH CHECK ((SELECT latchkey_sees_all())
         OR organization_id IS NOT DISTINCT FROM (SELECT latchkey_organization()))', tenant_table);
  END LOOP;
END $$;
--> statement-breakpoint
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY tenant ON organizations
  USING ((SELECT latchkey_sees_all()) OR id = (SELECT latchkey_organization()));
--> statement-breakpoint
-- A person sees the list of their own organizations before choosing one.
CREATE POLICY own_memberships ON memberships FOR SELECT
  USING (user_id = (SELECT latchkey_user()));
--> statement-breakpoint
CREATE POLICY own_organizations ON organizations FOR SELECT
  USING (EXISTS (
    SELECT 1 FROM memberships
    WHERE memberships.organization_id = organizations.id
      AND memberships.user_id = (SELECT latchkey_user())
  ));
--> statement-breakpoint

-- A row's parent belongs to the same organization as the row.
ALTER TABLE licenses ADD CONSTRAINT licenses_of_tenant UNIQUE (organization_id, id);
--> statement-breakpoint
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_of_tenant UNIQUE (organization_id, id);
--> statement-breakpoint
ALTER TABLE invoices ADD CONSTRAINT invoices_of_tenant UNIQUE (organization_id, id);
--> statement-breakpoint
ALTER TABLE licenses ADD CONSTRAINT licenses_same_tenant
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id);
--> statement-breakpoint
ALTER TABLE machines ADD CONSTRAINT machines_same_tenant
  FOREIGN KEY (organization_id, license_id) REFERENCES licenses (organization_id, id);
--> statement-breakpoint
ALTER TABLE sessions ADD CONSTRAINT sessions_same_tenant
  FOREIGN KEY (organization_id, license_id) REFERENCES licenses (organization_id, id);
--> statement-breakpoint
ALTER TABLE checkout_sessions ADD CONSTRAINT checkout_sessions_same_tenant
  FOREIGN KEY (organization_id, license_id) REFERENCES licenses (organization_id, id);
--> statement-breakpoint
ALTER TABLE invoices ADD CONSTRAINT invoices_same_tenant
  FOREIGN KEY (organization_id, subscription_id) REFERENCES subscriptions (organization_id, id);
--> statement-breakpoint
ALTER TABLE invoice_lines ADD CONSTRAINT invoice_lines_same_tenant
  FOREIGN KEY (organization_id, invoice_id) REFERENCES invoices (organization_id, id);
--> statement-breakpoint
ALTER TABLE user_sessions ADD CONSTRAINT user_sessions_active_organization
  FOREIGN KEY (active_organization_id) REFERENCES organizations (id) ON DELETE SET NULL;
--> statement-breakpoint

CREATE FUNCTION latchkey_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION latchkey_refuse();
--> statement-breakpoint
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments
  FOR EACH ROW EXECUTE FUNCTION latchkey_refuse();
--> statement-breakpoint
REVOKE UPDATE, DELETE ON audit_entries, payments FROM latchkey_app;
--> statement-breakpoint

-- A sold version may leave the offer; nothing else about it changes.
CREATE FUNCTION latchkey_keep_sold_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.first_sold_at IS NOT NULL AND (
    TG_OP = 'DELETE'
    OR (to_jsonb(NEW) - 'on_offer') IS DISTINCT FROM (to_jsonb(OLD) - 'on_offer')
  ) THEN
    RAISE EXCEPTION 'plan version % is sold and cannot change; make a new version', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_sold BEFORE UPDATE OR DELETE ON plan_versions
  FOR EACH ROW EXECUTE FUNCTION latchkey_keep_sold_version();
--> statement-breakpoint
CREATE FUNCTION latchkey_keep_sold_price() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE version_id uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.plan_version_id ELSE OLD.plan_version_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM plan_versions WHERE id = version_id AND first_sold_at IS NOT NULL) THEN
    RAISE EXCEPTION 'plan version % is sold and its prices cannot change; make a new version', version_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_sold BEFORE INSERT OR UPDATE OR DELETE ON plan_prices
  FOR EACH ROW EXECUTE FUNCTION latchkey_keep_sold_price();
--> statement-breakpoint

-- What a finalized invoice says stays; only its collection moves on.
CREATE FUNCTION latchkey_keep_finalized_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.finalized_at IS NOT NULL AND (
    TG_OP = 'DELETE'
    OR (to_jsonb(NEW) - 'status' - 'paid_at') IS DISTINCT FROM (to_jsonb(OLD) - 'status' - 'paid_at')
  ) THEN
    RAISE EXCEPTION 'invoice % is finalized and cannot change; issue a credit note', OLD.number
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_finalized BEFORE UPDATE OR DELETE ON invoices
  FOR EACH ROW EXECUTE FUNCTION latchkey_keep_finalized_invoice();
--> statement-breakpoint
CREATE FUNCTION latchkey_keep_finalized_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent_id uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM invoices WHERE id = parent_id AND finalized_at IS NOT NULL) THEN
    RAISE EXCEPTION 'invoice % is finalized and its lines cannot change', parent_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_finalized BEFORE INSERT OR UPDATE OR DELETE ON invoice_lines
  FOR EACH ROW EXECUTE FUNCTION latchkey_keep_finalized_line();
--> statement-breakpoint

CREATE FUNCTION latchkey_keep_time_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND NEW.ahead < OLD.ahead) OR NEW.ahead < interval '0' THEN
    RAISE EXCEPTION 'the sandbox clock never moves back' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER forward_only BEFORE INSERT OR UPDATE OR DELETE ON sandbox_clock
  FOR EACH ROW EXECUTE FUNCTION latchkey_keep_time_forward();
--> statement-breakpoint

-- Wakes the relay and the clock keeper; polling stands behind both.
CREATE FUNCTION latchkey_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER wake_relay AFTER INSERT ON outbox_events
  FOR EACH STATEMENT EXECUTE FUNCTION latchkey_notify('latchkey_outbox');
--> statement-breakpoint
CREATE TRIGGER wake_clock_keeper AFTER INSERT ON clock_advances
  FOR EACH STATEMENT EXECUTE FUNCTION latchkey_notify('latchkey_clock');
--> statement-breakpoint

-- Heartbeats rewrite a session every five minutes: with no index on what they change and room left in
-- the page, PostgreSQL updates in place (HOT) and leaves nothing for vacuum to chase.
ALTER TABLE sessions SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
