ALTER TABLE partners ADD COLUMN partner_name TEXT;
ALTER TABLE partners ADD COLUMN rate_limits TEXT;
ALTER TABLE partners ADD COLUMN disabled_at TIMESTAMP;

ALTER TABLE api_keys ADD COLUMN key_name TEXT;
ALTER TABLE api_keys ADD COLUMN last_used_at TIMESTAMP;
CREATE INDEX api_keys_partner ON api_keys (partner_code);

-- A terminal is made before it has a key: that comes with its pairing. Functions are codes with commas between
-- them; none given means all that its venue redeems.
CREATE TABLE paired_terminals (
    terminal_device_id TEXT NOT NULL PRIMARY KEY,
    venue_code TEXT NOT NULL,
    functions TEXT,
    key_prefix TEXT,
    secret_hash BYTEA,
    paired_at TIMESTAMP,
    last_seen_at TIMESTAMP,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO paired_terminals
    (terminal_device_id, venue_code, key_prefix, secret_hash, paired_at, revoked_at, created_at)
    SELECT terminal_device_id, venue_code, key_prefix, secret_hash, created_at, revoked_at, created_at FROM terminals;
DROP TABLE terminals;
ALTER TABLE paired_terminals RENAME TO terminals;
CREATE UNIQUE INDEX terminals_key_prefix ON terminals (key_prefix);

CREATE TABLE operators (
    username TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('steward', 'supervisor', 'admin')),
    password_hash TEXT NOT NULL,
    disabled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE operator_sessions (
    token_prefix TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL REFERENCES operators (username),
    secret_hash BYTEA NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX operator_sessions_username ON operator_sessions (username);

-- What a change changed: JSON, without secrets.
ALTER TABLE audit_log ADD COLUMN before_json TEXT;
ALTER TABLE audit_log ADD COLUMN after_json TEXT;

ALTER TABLE products ADD COLUMN is_active BOOLEAN NOT NULL DEFAULT TRUE;
