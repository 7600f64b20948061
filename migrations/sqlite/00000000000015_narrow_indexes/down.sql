DROP INDEX redemption_events_partner;
CREATE INDEX redemption_events_partner ON redemption_events (partner_code, redeemed_at, id);
DROP INDEX redemption_events_time;
CREATE INDEX redemption_events_time ON redemption_events (redeemed_at, id);
