//! The customer records on a real database, in the words of those who work with them.

mod activities;
mod calendar;
mod changes;
mod house;
mod lists;
mod messages;
mod people;
mod records;
mod texts;
mod timeline;
