-- One-time codes that a device exchanges for its key: found by prefix, proven by secret, with a few tries.
CREATE TABLE pairing_codes (
    code_prefix TEXT NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL,
    terminal_device_id TEXT NOT NULL REFERENCES terminals (terminal_device_id),
    failed_tries BIGINT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX pairing_codes_terminal ON pairing_codes (terminal_device_id);
