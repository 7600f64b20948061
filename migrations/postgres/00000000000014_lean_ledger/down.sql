DROP INDEX redemption_events_partner;
DROP INDEX redemption_events_time;
CREATE INDEX redemption_events_partner ON redemption_events (partner_code, redeemed_at, id);
CREATE INDEX redemption_events_time ON redemption_events (redeemed_at, id);
DROP INDEX redemption_events_others;
ALTER TABLE redemption_events DROP CONSTRAINT redemption_events_pkey;
ALTER TABLE redemption_events ADD PRIMARY KEY (ticket_code, ticket_seq);
CREATE UNIQUE INDEX redemption_events_id ON redemption_events (id);
