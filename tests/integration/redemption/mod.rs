//! The ledger: decisions, replays, undoing, crashes.
