-- One row: a number that every change of the catalogue raises, so that servers see when their copy is old.
CREATE TABLE catalog_revision (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO catalog_revision (id, revision, created_at) VALUES (1, 0, CURRENT_TIMESTAMP);

CREATE TABLE products (
    product_id BIGINT NOT NULL PRIMARY KEY,
    product_code TEXT NOT NULL,
    product_name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX products_product_code ON products (product_code);

CREATE TABLE product_functions (
    product_id BIGINT NOT NULL REFERENCES products (product_id),
    function_code TEXT NOT NULL,
    function_name TEXT NOT NULL,
    uses BIGINT NOT NULL CHECK (uses > 0),
    position BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (product_id, function_code)
);

-- Amounts are whole minor units of their currency.
CREATE TABLE product_prices (
    product_id BIGINT NOT NULL REFERENCES products (product_id),
    customer_type TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (product_id, customer_type, currency)
);

CREATE TABLE venues (
    venue_code TEXT NOT NULL PRIMARY KEY,
    venue_id BIGINT NOT NULL,
    venue_name TEXT NOT NULL,
    venue_type TEXT NOT NULL,
    timezone TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX venues_venue_id ON venues (venue_id);

CREATE TABLE venue_functions (
    venue_code TEXT NOT NULL REFERENCES venues (venue_code),
    function_code TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (venue_code, function_code)
);
