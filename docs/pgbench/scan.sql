-- A scan as one statement: takes a use of an entitlement and writes the event, with every index that the ledger has.
\set number random(1, 10000)
WITH used AS (
    UPDATE entitlements SET remaining_uses = remaining_uses - 1
    WHERE ticket_code = 'PGBENCH-' || lpad(:number::text, 6, '0') AND function_code = 'ferry' AND remaining_uses > 0
    RETURNING ticket_code, function_code, remaining_uses
)
INSERT INTO redemption_events (ticket_code, ticket_seq, id, partner_code, function_code, jti, result, venue_code,
    terminal_device_id, principal, scan_id, offline, redeemed_at, remaining_uses_after, created_at)
SELECT ticket_code, nextval('pgbench_number'), gen_random_uuid()::text, 'pgbench', function_code,
    gen_random_uuid()::text, 'success', 'pgbench-pier', 'PGBENCH-1', 'PGBENCH-1', gen_random_uuid()::text,
    false, now() AT TIME ZONE 'UTC', remaining_uses, now() AT TIME ZONE 'UTC'
FROM used;
