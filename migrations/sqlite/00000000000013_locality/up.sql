-- Each scan writes to a page of each of these, so what is written together should lie together.
-- The last word on "once", as before, since a code belongs to one ticket: now beside its neighbours' entries.
DROP INDEX redemption_events_once;
CREATE UNIQUE INDEX redemption_events_once ON redemption_events (ticket_code, jti, function_code)
    WHERE result = 'success' AND reversed_at IS NULL;
-- In the order in which terminals count their scans.
DROP INDEX redemption_events_scan_id;
CREATE UNIQUE INDEX redemption_events_scan_id ON redemption_events (scan_id, ticket_code)
    WHERE scan_id IS NOT NULL;
