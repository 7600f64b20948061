-- An index in the order of the tickets costs each scan a page of its own. So the ledger has one that scans write to, with
-- the successes that stand, and one with the other events: a ticket's events are found by both. Their numbers are given
-- under the ticket's lock.
CREATE UNIQUE INDEX redemption_events_others ON redemption_events (ticket_code, ticket_seq)
    WHERE NOT (result = 'success' AND reversed_at IS NULL);
ALTER TABLE redemption_events DROP CONSTRAINT redemption_events_pkey;
ALTER TABLE redemption_events ADD CONSTRAINT redemption_events_pkey PRIMARY KEY USING INDEX redemption_events_id;
DROP INDEX redemption_events_partner;
DROP INDEX redemption_events_time;
-- Events of one instant are sorted when they are read: in the index, each scan would pay for it.
CREATE INDEX redemption_events_partner ON redemption_events (partner_code, redeemed_at);
CREATE INDEX redemption_events_time ON redemption_events (redeemed_at);
