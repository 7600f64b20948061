CREATE TABLE partners (
    partner_code TEXT NOT NULL PRIMARY KEY,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE api_keys (
    key_prefix TEXT NOT NULL PRIMARY KEY,
    partner_code TEXT NOT NULL REFERENCES partners (partner_code),
    secret_hash BYTEA NOT NULL,
    permissions TEXT NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE terminals (
    terminal_device_id TEXT NOT NULL PRIMARY KEY,
    venue_code TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX terminals_key_prefix ON terminals (key_prefix);

CREATE TABLE audit_log (
    id TEXT NOT NULL PRIMARY KEY,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
