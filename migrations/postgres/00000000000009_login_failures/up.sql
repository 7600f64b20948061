-- Log-ins that failed, by the SHA-256 of the name that was given, whether there is such an operator or not.
CREATE TABLE login_failures (
    username_digest TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    locked_until TIMESTAMP,
    failed_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX login_failures_failed_at ON login_failures (failed_at);
