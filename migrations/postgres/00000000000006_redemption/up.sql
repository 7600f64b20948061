-- The ledger: a ticket's events are numbered 1, 2, 3 .. by ticket_seq, and a row never changes but for reversed_at.
CREATE TABLE redemption_events (
    ticket_code TEXT NOT NULL,
    ticket_seq BIGINT NOT NULL,
    id TEXT NOT NULL,
    partner_code TEXT NOT NULL,
    function_code TEXT NOT NULL,
    jti TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('success', 'reject', 'reversal')),
    reason TEXT,
    venue_code TEXT,
    terminal_device_id TEXT,
    principal TEXT NOT NULL,
    operator TEXT,
    scan_id TEXT,
    offline BOOLEAN NOT NULL,
    scanned_at TIMESTAMP,
    redeemed_at TIMESTAMP NOT NULL,
    remaining_uses_after BIGINT,
    reversed_at TIMESTAMP,
    reverses TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (ticket_code, ticket_seq)
);
CREATE UNIQUE INDEX redemption_events_id ON redemption_events (id);
-- The last word on "once": no decision, race or server can get a second success past it.
CREATE UNIQUE INDEX redemption_events_once ON redemption_events (jti, function_code)
    WHERE result = 'success' AND reversed_at IS NULL;
CREATE UNIQUE INDEX redemption_events_scan_id ON redemption_events (ticket_code, scan_id)
    WHERE scan_id IS NOT NULL;
