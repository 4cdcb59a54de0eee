//! `crm:create-record`: makes a new record.
//!
//! Inputs: `kind` (required), `fields` (context, required). Result: `record`, the `kind` and `key` of the new
//! record, as the other connectors take it: a copy of the whole would soon be out of date.

use redthread_crm::{Scope, records};
use redthread_feel::{Context, Value};
use redthread_runtime::{JobCall, Performed};
use sea_orm::DatabaseTransaction;

use crate::contract::Contract;
use crate::input::{Input, InputKind};
use crate::records::{to_fields, to_kind};
use crate::trouble::Trouble;
use crate::world::{CrmWrite, inputs};

pub(crate) const CONTRACT: Contract = Contract {
    job_type: "crm:create-record",
    name: "Create a record",
    description: "Makes a new customer record.",
    inputs: &[
        Input {
            name: "kind",
            kind: InputKind::Text,
            required: true,
            default: "",
            help: "What to make: \"deal\".",
        },
        Input {
            name: "fields",
            kind: InputKind::Context,
            required: true,
            default: "",
            help: "Its values by field: {name: \"New oven\", account: case.account}.",
        },
    ],
    results: &[("record", "the new record: its kind and key")],
};

pub(crate) async fn perform(
    tx: &DatabaseTransaction,
    call: &JobCall,
) -> Result<Performed, Trouble> {
    let inputs = inputs(call);
    let kind = to_kind(&inputs.required("kind", inputs.text("kind")?)?)?;
    let fields = to_fields(
        kind,
        inputs.required("fields", inputs.context("fields")?)?,
        &call.zone,
    );
    let cx = call.context();
    let made = records::create(
        &CrmWrite::of(&cx).change(tx),
        &Scope::process(),
        kind,
        &fields,
    )
    .await?;
    let mut record = Context::new();
    record.insert("kind", Value::from(kind.name()));
    record.insert("key", Value::from(made.key.to_string()));
    Ok(Performed::Done {
        variables: [("record".into(), record.into())].into(),
    })
}
