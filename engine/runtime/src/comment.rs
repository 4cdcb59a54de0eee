//! What people write about an instance.

use redthread_core::Key;
use sea_orm::EntityTrait;

use crate::actor::Actor;
use crate::error::RuntimeError;
use crate::runtime::Runtime;
use crate::schema::instance_comment;

impl Runtime {
    /// Writes down what a person has to say about an instance.
    ///
    /// # Errors
    /// Where there is no such instance, or the text is empty.
    pub async fn comment(
        &self,
        instance: Key,
        text: &str,
        actor: Actor,
    ) -> Result<Key, RuntimeError> {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(RuntimeError::Invalid(
                "The comment is empty. Write something first.".to_owned(),
            ));
        }
        self.queries().instance_row(instance).await?;
        let written = self.write(actor, move |tx, cx| {
            let text = text.clone();
            Box::pin(async move {
                let key = cx.keys.next_key();
                let author = serde_json::to_string(&cx.actor)
                    .map_err(|e| RuntimeError::Internal(e.to_string()))?;
                let row = instance_comment::Model {
                    key: key.as_i64(),
                    instance: instance.as_i64(),
                    at: cx.now.as_micros(),
                    author,
                    text,
                };
                instance_comment::Entity::insert(instance_comment::ActiveModel::from(row))
                    .exec_without_returning(tx)
                    .await?;
                cx.touches.topic("instances");
                cx.touches.instance(instance);
                Ok::<Key, RuntimeError>(key)
            })
        });
        written.await?
    }
}
