//! `crm:update-record`: changes fields of a record.
//!
//! Inputs: `changes` (context, required), `record` (key, or a context with `key` and `kind`; default: the record that the
//! process is about), `kind` (default: that of the record). No results: a copy of the record would soon be out of date.
//!
//! The change carries the chain of processes that led to it, so that it does not start the same process again. A gateway
//! behind it sees the change.

use redthread_crm::{Scope, records};
use redthread_runtime::{JobCall, Performed};
use sea_orm::DatabaseTransaction;

use crate::contract::Contract;
use crate::input::{Input, InputKind};
use crate::records::{RECORD, RECORD_KIND, target, to_fields};
use crate::trouble::Trouble;
use crate::world::{CrmWrite, inputs};

pub(crate) const CONTRACT: Contract = Contract {
    job_type: "crm:update-record",
    name: "Change a record",
    description: "Changes fields of a customer record.",
    inputs: &[
        Input {
            name: "changes",
            kind: InputKind::Context,
            required: true,
            default: "",
            help: "The new values by field: {status: \"closed\"}.",
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
    let changes = inputs.required("changes", inputs.context("changes")?)?;
    let target = target(&inputs, call)?;
    let fields = to_fields(target.kind, changes, &call.zone);
    let cx = call.context();
    records::update(
        &CrmWrite::of(&cx).change(tx),
        &Scope::process(),
        target.kind,
        target.key,
        None,
        &fields,
    )
    .await?;
    Ok(Performed::Done {
        variables: Default::default(),
    })
}
