DROP TABLE redemption_events;
