-- Events of one instant are sorted when they are read: in the index, each scan would pay for it.
DROP INDEX redemption_events_partner;
CREATE INDEX redemption_events_partner ON redemption_events (partner_code, redeemed_at);
DROP INDEX redemption_events_time;
CREATE INDEX redemption_events_time ON redemption_events (redeemed_at);
