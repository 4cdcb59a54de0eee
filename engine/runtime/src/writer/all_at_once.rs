//! Start events that wait for all of their triggers (BPMN 2.0 section 10.5.1, "parallel multiple"): what has occurred is
//! remembered until the last of them does.

use redthread_bpmn::graph::{Id, Trigger};
use redthread_core::command::{Subject, Variables};
use redthread_core::{Command, Key};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};

use super::batch::{Batch, json};
use crate::definitions::Definition;
use crate::error::RuntimeError;
use crate::schema::start_part;

/// What a trigger brought.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Occurred {
    pub variables: Variables,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Id>,
}

/// What became of a trigger that occurred.
pub(super) enum Came {
    /// The process begins, as this command says.
    Start(Command),
    /// Others have to come first.
    Waits,
    /// It has come already, and others have to come before it counts again.
    Twice,
}

impl Batch<'_> {
    /// One of the triggers of a start event has occurred.
    pub(super) async fn came(
        &mut self,
        definition: &Definition,
        element: &str,
        nth: i32,
        occurred: Occurred,
    ) -> Result<Came, RuntimeError> {
        let trigger = definition
            .graph
            .find(element)
            .and_then(|ix| definition.graph.element(ix).kind.trigger());
        let Some(Trigger::ParallelMultiple(parts)) = trigger else {
            return Ok(Came::Start(self.begins(definition, element, occurred)));
        };
        let mut come = start_part::Entity::find()
            .filter(start_part::Column::Definition.eq(definition.key.as_i64()))
            .filter(start_part::Column::Element.eq(element))
            .order_by_asc(start_part::Column::Nth)
            .all(self.tx().await?)
            .await?;
        if come.iter().any(|part| part.nth == nth) {
            return Ok(Came::Twice);
        }
        self.revision += 1;
        let row = start_part::Model {
            definition: definition.key.as_i64(),
            element: element.to_owned(),
            nth,
            process_id: definition.process_id.to_string(),
            occurred: json(&occurred)?,
        };
        if come.len() + 1 < parts.len() {
            row.into_active_model().insert(self.tx().await?).await?;
            return Ok(Came::Waits);
        }
        start_part::Entity::delete_many()
            .filter(start_part::Column::Definition.eq(definition.key.as_i64()))
            .filter(start_part::Column::Element.eq(element))
            .exec(self.tx().await?)
            .await?;
        come.push(row);
        come.sort_by_key(|part| part.nth);
        let mut all = Occurred::default();
        for part in come {
            let part: Occurred = serde_json::from_str(&part.occurred)
                .map_err(|error| RuntimeError::damaged("start event", element, error))?;
            all.variables.extend(part.variables);
            all.subject = all.subject.or(part.subject);
            all.causes.extend(part.causes);
        }
        Ok(Came::Start(self.begins(definition, element, all)))
    }

    fn begins(&self, definition: &Definition, element: &str, occurred: Occurred) -> Command {
        Command::Start {
            instance: self.inner.keys.next_key(),
            definition: definition.key,
            element: Some(element.into()),
            variables: occurred.variables,
            subject: occurred.subject,
            causes: occurred.causes,
            caller: None,
        }
    }
}

/// The instance that a start command starts.
pub(super) fn started(command: &Command) -> Key {
    match command {
        Command::Start { instance, .. } => *instance,
        _ => Key(0),
    }
}
