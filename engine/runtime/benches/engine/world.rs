//! The world that is measured in: one without records.

use async_trait::async_trait;
use redthread_calendar::Timestamp;
use redthread_core::command::Subject;
use redthread_feel::Value;
use redthread_runtime::{
    Actor, GivenTask, JobCall, OpenTask, Performed, RecordChange, RecordRef, World, WorldError,
    WriteContext,
};
use sea_orm::{DatabaseConnection, DatabaseTransaction};

/// Who does everything here.
pub fn nobody() -> Actor {
    Actor::User {
        login: "ann".into(),
        name: "Ann".into(),
    }
}

/// No records, no connectors, nobody to tell.
pub struct BareWorld;

#[async_trait]
impl World for BareWorld {
    async fn subject(&self, _: &DatabaseTransaction, _: &Subject) -> Result<Value, WorldError> {
        Ok(Value::Null)
    }

    async fn team(&self, _: &DatabaseTransaction, _: &str) -> Result<Option<String>, WorldError> {
        Ok(None)
    }

    fn performs(&self, _: &str) -> bool {
        false
    }

    async fn perform(&self, _: &DatabaseTransaction, _: &JobCall) -> Result<Performed, WorldError> {
        Err(WorldError::Failed("There are no connectors.".to_owned()))
    }

    async fn record_changed(
        &self,
        _: &DatabaseTransaction,
        _: &JobCall,
        _: &RecordChange,
    ) -> Result<Option<Performed>, WorldError> {
        Ok(None)
    }

    async fn abandoned(
        &self,
        _: &DatabaseTransaction,
        _: &JobCall,
        _: &RecordRef,
    ) -> Result<(), WorldError> {
        Ok(())
    }

    async fn take_changes(&self, _: &DatabaseTransaction) -> Result<Vec<RecordChange>, WorldError> {
        Ok(Vec::new())
    }

    fn tells_of(&self, _: &OpenTask) -> bool {
        false
    }

    async fn tasks_given(
        &self,
        _: &DatabaseTransaction,
        _: &WriteContext,
        _: &[GivenTask],
    ) -> Result<(), WorldError> {
        Ok(())
    }

    async fn due_work(&self, _: &DatabaseTransaction, _: &WriteContext) -> Result<(), WorldError> {
        Ok(())
    }

    async fn next_due(&self, _: &DatabaseConnection) -> Result<Option<Timestamp>, WorldError> {
        Ok(None)
    }
}
