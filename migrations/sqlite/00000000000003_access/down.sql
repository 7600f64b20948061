DROP TABLE audit_log;
DROP TABLE terminals;
DROP TABLE api_keys;
DROP TABLE partners;
