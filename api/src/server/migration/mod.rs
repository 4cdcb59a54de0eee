//! The whole schema: the engine's tables, the customer records', and those of signing in, in this order.

mod m20260105_200001_create_user_password;
mod m20260105_200002_create_user_session;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// All migrations of one database.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = redthread_runtime::Migrator::migrations();
        all.extend(redthread_crm::Migrator::migrations());
        all.extend([
            Box::new(m20260105_200001_create_user_password::Migration) as Box<dyn MigrationTrait>,
            Box::new(m20260105_200002_create_user_session::Migration),
        ]);
        all
    }
}
