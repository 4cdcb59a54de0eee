//! The HTTP API, in process, on a real database and the real engine. One file a resource, as the addresses have them.

mod access;
mod activities;
mod calendar;
mod decisions;
mod definitions;
mod demo;
mod demo_clock;
mod deployments;
mod events;
mod follow_up;
mod instances;
mod jobs;
mod messages;
mod notifications;
mod once;
mod openapi;
mod pressure;
mod records;
mod search;
mod server;
mod session;
mod signals;
mod story;
mod tasks;
mod users;
