//! `crm:log-note`: writes a note on a record's timeline.
//!
//! Inputs: `text` (required), `record` and `kind` as in [`crate::update_record`]. No results.

use redthread_crm::{CrmError, Scope, timeline};
use redthread_runtime::{JobCall, Performed};
use sea_orm::DatabaseTransaction;

use crate::contract::Contract;
use crate::input::{Input, InputKind};
use crate::records::{RECORD, RECORD_KIND, Target, load, target};
use crate::trouble::Trouble;
use crate::world::{CrmWrite, inputs};

pub(crate) const CONTRACT: Contract = Contract {
    job_type: "crm:log-note",
    name: "Write a note",
    description: "Writes a note on the timeline of a customer record.",
    inputs: &[
        Input {
            name: "text",
            kind: InputKind::Text,
            required: true,
            default: "",
            help: "What to note.",
        },
        RECORD,
        RECORD_KIND,
    ],
    results: &[],
};

pub(crate) async fn perform(
    tx: &DatabaseTransaction,
    call: &JobCall,
) -> Result<Performed, Trouble> {
    let inputs = inputs(call);
    let text = inputs.required("text", inputs.text("text")?)?;
    let target = target(&inputs, call)?;
    if load(tx, target).await?.is_none() {
        let Target { kind, key } = target;
        return Err(CrmError::NotFound { kind, key }.into());
    }
    let cx = call.context();
    timeline::note(
        &CrmWrite::of(&cx).change(tx),
        &Scope::process(),
        target.kind,
        target.key,
        &text,
    )
    .await?;
    Ok(Performed::Done {
        variables: Default::default(),
    })
}
