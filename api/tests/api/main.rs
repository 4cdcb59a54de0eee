//! The HTTP API, in process, on a real SQLite file and the real engine. One file a resource, as the addresses have them.

mod follow_up;
mod openapi;
mod server;
