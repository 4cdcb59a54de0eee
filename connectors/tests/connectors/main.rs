//! The connectors on the real engine and the real records, in memory.

mod create_call;
mod house;
mod mail;
mod people;
mod records;
mod smtp;
