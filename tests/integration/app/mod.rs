//! The server as a whole: health, metrics, documents, the log, and several processes through crashes and ends.

mod docs;
