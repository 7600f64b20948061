CREATE TABLE batches (
    partner_code TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    product_id BIGINT NOT NULL,
    distribution_mode TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    generated BIGINT NOT NULL CHECK (0 <= generated AND generated <= quantity),
    code_prefix TEXT NOT NULL,
    first_sequence BIGINT NOT NULL,
    request TEXT NOT NULL,
    completed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (partner_code, batch_id)
);
