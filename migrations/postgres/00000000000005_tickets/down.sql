DROP TABLE unfinished_mints;
DROP TABLE ticket_sequences;
DROP TABLE qr_codes;
DROP TABLE entitlements;
DROP TABLE tickets;
