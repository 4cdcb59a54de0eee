//! `mail:send`: writes a mail into the outbox; it is sent after the step's commit, or kept where there are no settings.
//!
//! Inputs: `to` (address, or several with commas; required), `subject` (required), `body` (required). Result: `mail`, the
//! mail's key.

use redthread_crm::outbox::{self, Mail};
use redthread_feel::Value;
use redthread_runtime::{JobCall, Performed};
use sea_orm::DatabaseTransaction;

use crate::contract::Contract;
use crate::input::{Input, InputKind, Unusable};
use crate::trouble::Trouble;
use crate::world::{CrmWrite, inputs};

pub(crate) const CONTRACT: Contract = Contract {
    job_type: "mail:send",
    name: "Send a mail",
    description: "Sends a mail.",
    inputs: &[
        Input {
            name: "to",
            kind: InputKind::Text,
            required: true,
            default: "",
            help: "To whom: an address, or several with commas.",
        },
        Input {
            name: "subject",
            kind: InputKind::Text,
            required: true,
            default: "",
            help: "The mail's subject.",
        },
        Input {
            name: "body",
            kind: InputKind::Text,
            required: true,
            default: "",
            help: "The mail's text.",
        },
    ],
    results: &[("mail", "the mail's key in the outbox")],
};

pub(crate) async fn perform(
    tx: &DatabaseTransaction,
    call: &JobCall,
) -> Result<Performed, Trouble> {
    let inputs = inputs(call);
    let to = inputs.required("to", inputs.text("to")?)?;
    let subject = inputs.required("subject", inputs.text("subject")?)?;
    let body = inputs.required("body", inputs.text("body")?)?;
    check_addresses(&to)?;
    let cx = call.context();
    let mail = Mail {
        user: None,
        to,
        subject,
        body,
    };
    let key = outbox::queue(&CrmWrite::of(&cx).change(tx), mail).await?;
    cx.touches.topic("outbox");
    Ok(Performed::Done {
        variables: [("mail".into(), Value::from(key.to_string()))].into(),
    })
}

fn check_addresses(to: &str) -> Result<(), Unusable> {
    match to.parse::<lettre::message::Mailboxes>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Unusable(format!(
            "\"{to}\" is not a mail address like \"marta@example.com\". Correct the input \"to\" and try again."
        ))),
    }
}
