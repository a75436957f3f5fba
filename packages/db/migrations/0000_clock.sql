-- The one clock of the product: PostgreSQL's, plus the sandbox's distance from it. A node's own
-- clock decides nothing. Milliseconds, because that is what JavaScript and cursors carry.
-- plpgsql, since its body is looked up when it runs: sandbox_clock is made by the next migration.
CREATE FUNCTION latchkey_now() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN date_trunc('milliseconds', clock_timestamp())
    + coalesce((SELECT ahead FROM sandbox_clock), interval '0');
END
$$;
