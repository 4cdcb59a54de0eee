//! The engine on real databases, with a small world of its own. After every test the database is checked: replaying
//! each history gives the stored state, and every row that people search agrees with it.

mod ad_hoc;
mod ahead;
mod batches;
mod calls;
mod check;
mod connectors;
mod crash;
mod databases;
mod decisions;
mod deploying;
mod diagrams;
mod doctor;
mod forward;
mod golden;
mod house;
mod inbox;
mod large;
mod limits;
mod messages;
mod once;
mod poison;
mod pressure;
mod processes;
mod random;
mod rare;
mod records;
mod restart;
mod signals;
mod sole;
mod threads;
mod timers;
mod waiting_workers;
mod workers;
mod world;
