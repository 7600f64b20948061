-- PostgreSQL appends the rows of every table already.
SELECT 1;
