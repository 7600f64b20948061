//! The server as a whole: health, metrics, documents, background work.
