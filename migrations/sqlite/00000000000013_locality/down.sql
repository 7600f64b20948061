DROP INDEX redemption_events_scan_id;
CREATE UNIQUE INDEX redemption_events_scan_id ON redemption_events (ticket_code, scan_id)
    WHERE scan_id IS NOT NULL;
DROP INDEX redemption_events_once;
CREATE UNIQUE INDEX redemption_events_once ON redemption_events (jti, function_code)
    WHERE result = 'success' AND reversed_at IS NULL;
