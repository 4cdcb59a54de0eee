//! The engine's schema, one file a step. `api` composes these migrations with those of the other rooms.

mod dialect;
mod m20260105_100001_engine_definitions;
mod m20260105_100002_engine_instances;
mod m20260105_100003_engine_work;
mod m20260105_100004_engine_writer;
mod m20260112_100005_engine_decisions;
mod m20260119_100006_engine_bpmn;
mod m20260126_100007_engine_jobs;
mod m20260126_100008_engine_answers;
mod m20260202_100009_engine_layout;
mod m20260209_100010_engine_large_states;

use sea_orm_migration::prelude::*;

/// The engine's migrations, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260105_100001_engine_definitions::Migration),
            Box::new(m20260105_100002_engine_instances::Migration),
            Box::new(m20260105_100003_engine_work::Migration),
            Box::new(m20260105_100004_engine_writer::Migration),
            Box::new(m20260112_100005_engine_decisions::Migration),
            Box::new(m20260119_100006_engine_bpmn::Migration),
            Box::new(m20260126_100007_engine_jobs::Migration),
            Box::new(m20260126_100008_engine_answers::Migration),
            Box::new(m20260202_100009_engine_layout::Migration),
            Box::new(m20260209_100010_engine_large_states::Migration),
        ]
    }
}
