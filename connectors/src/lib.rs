//! What a diagram can do to the world: records, calls, mail. The engine meets the CRM here only.
//!
//! ```text
//! world.rs      the runtime's World over crm-model: facts, connectors, changes, people told, reminders
//! contract.rs   the connectors there are, and what each offers (element templates: ../templates)
//! input.rs      reading a connector's inputs, with sentences where they are wrong
//! records.rs    between FEEL values and records
//! create_call.rs, create_record.rs, update_record.rs, log_note.rs, send_mail.rs    one connector each
//! people.rs     telling people of tasks        reminders.rs   telling them of calls
//! review.rs     problems of a diagram that only connectors and records can tell
//! mailer.rs     sending the outbox by SMTP
//! ```
//!
//! A connector works in the transaction of the step that met it: the records it writes and the step commit together, or
//! not at all. So it does SQL and nothing else; what needs the network (mail) is written down and sent afterwards.

mod contract;
mod create_call;
mod create_record;
mod input;
mod log_note;
pub mod mailer;
mod people;
mod records;
mod reminders;
mod review;
mod send_mail;
mod templates;
mod trouble;
mod update_record;
mod world;

pub use contract::{Connector, Contract};
pub use input::{Input, InputKind};
pub use mailer::MailerError;
pub use review::review;
pub use world::{CrmWorld, CrmWrite};
