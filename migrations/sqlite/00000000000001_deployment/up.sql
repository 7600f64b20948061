-- What this database is for: 'demo' or 'production'. One row.
CREATE TABLE deployment (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    kind TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
