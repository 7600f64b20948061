-- Ten thousand tickets for the scripts beside this one, with a use for each of their scans.
CREATE SEQUENCE pgbench_number;
INSERT INTO tickets (ticket_code, partner_code, batch_id, product_id, status, current_jti, event_seq, created_at)
SELECT 'PGBENCH-' || lpad(number::text, 6, '0'), 'pgbench', 'pgbench', 1, 'ACTIVE', 'pgbench-' || number, 0, now()
FROM generate_series(1, 10000) AS number;
INSERT INTO entitlements (ticket_code, function_code, function_name, position, total_uses, remaining_uses, created_at)
SELECT ticket_code, 'ferry', 'Ferry', 0, 1000000, 1000000, created_at FROM tickets WHERE partner_code = 'pgbench';
INSERT INTO qr_codes (ticket_code, jti, key_id, iv, issued_at, expires_at, created_at)
SELECT ticket_code, current_jti, 'pgbench', '\x000102030405060708090a0b', created_at, created_at + interval '1 day',
    created_at
FROM tickets WHERE partner_code = 'pgbench';
ANALYZE;
