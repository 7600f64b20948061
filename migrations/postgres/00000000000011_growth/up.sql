-- How many tickets a partner has of a product, in finished batches. Tickets are never deleted, so lists need not count them.
CREATE TABLE ticket_totals (
    partner_code TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    minted BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (partner_code, product_id)
);
INSERT INTO ticket_totals (partner_code, product_id, minted, created_at)
    SELECT partner_code, product_id, count(*), CURRENT_TIMESTAMP FROM tickets
    WHERE NOT EXISTS (SELECT 1 FROM unfinished_mints
        WHERE unfinished_mints.partner_code = tickets.partner_code AND unfinished_mints.batch_id = tickets.batch_id)
    GROUP BY partner_code, product_id;

-- Erasure walks over the tickets that have personal data yet, and reads all that it needs from here.
CREATE INDEX tickets_personal ON tickets (ticket_code, customer_email, valid_until, created_at)
    WHERE customer_name IS NOT NULL OR customer_email IS NOT NULL OR customer_phone IS NOT NULL;

-- What a key has sealed, and what of it may be needed yet.
CREATE INDEX qr_codes_key ON qr_codes (key_id, superseded_at, expires_at);

-- The ledger, newest first: a partner's, and all of it.
CREATE INDEX redemption_events_partner ON redemption_events (partner_code, redeemed_at, id);
CREATE INDEX redemption_events_time ON redemption_events (redeemed_at, id);
