-- Everything about a ticket is keyed by its code, so that its rows can live together on one shard.
-- These tables have no foreign keys: every change holds the ticket's lock, and the rows are never deleted.
CREATE TABLE tickets (
    ticket_code TEXT NOT NULL PRIMARY KEY,
    partner_code TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    customer_type TEXT,
    customer_name TEXT,
    customer_email TEXT,
    customer_phone TEXT,
    valid_from TIMESTAMP,
    valid_until TIMESTAMP,
    order_id TEXT,
    current_jti TEXT,
    event_seq BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX tickets_partner_batch ON tickets (partner_code, batch_id, ticket_code);

CREATE TABLE entitlements (
    ticket_code TEXT NOT NULL,
    function_code TEXT NOT NULL,
    function_name TEXT NOT NULL,
    position BIGINT NOT NULL,
    total_uses BIGINT NOT NULL,
    remaining_uses BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (ticket_code, function_code),
    CHECK (0 <= remaining_uses AND remaining_uses <= total_uses)
);

-- With its key and its iv a token is sealed again to the same text, so the token itself is not stored.
CREATE TABLE qr_codes (
    ticket_code TEXT NOT NULL,
    jti TEXT NOT NULL,
    key_id TEXT NOT NULL,
    iv BYTEA NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (ticket_code, jti)
);
CREATE UNIQUE INDEX qr_codes_jti ON qr_codes (jti);

-- The next number of a product's tickets on a day.
CREATE TABLE ticket_sequences (
    product_code TEXT NOT NULL,
    day TEXT NOT NULL,
    next_sequence BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (product_code, day)
);

-- Batches that are still being minted: their tickets are not shown. Nearly always empty.
CREATE TABLE unfinished_mints (
    partner_code TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (partner_code, batch_id)
);
