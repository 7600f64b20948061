DROP INDEX redemption_events_time;
DROP INDEX redemption_events_partner;
DROP INDEX qr_codes_key;
DROP INDEX tickets_personal;
DROP TABLE ticket_totals;
