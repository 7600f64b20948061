-- The one select of a look: a ticket, its entitlements, its code, and what was redeemed with that.
\set number random(1, 10000)
SELECT tickets.*, entitlements.function_code, entitlements.function_name, entitlements.total_uses,
    entitlements.remaining_uses, qr_codes.*, EXISTS (
        SELECT 1 FROM redemption_events
        WHERE redemption_events.ticket_code = tickets.ticket_code
        AND redemption_events.function_code = entitlements.function_code
        AND result = 'success' AND reversed_at IS NULL AND redemption_events.jti = 'pgbench-' || :number
    ) AS is_redeemed
FROM tickets JOIN entitlements ON entitlements.ticket_code = tickets.ticket_code
LEFT JOIN qr_codes ON qr_codes.ticket_code = tickets.ticket_code AND qr_codes.jti = 'pgbench-' || :number
WHERE tickets.ticket_code = 'PGBENCH-' || lpad(:number::text, 6, '0')
ORDER BY entitlements.position;
