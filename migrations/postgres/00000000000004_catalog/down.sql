DROP TABLE venue_functions;
DROP TABLE venues;
DROP TABLE product_prices;
DROP TABLE product_functions;
DROP TABLE products;
DROP TABLE catalog_revision;
