//! `crm:create-call`: plans a call with a client, in the calendar of whoever is to make it.
//!
//! | input | type | default |
//! |---|---|---|
//! | `subject` | text | the element's name |
//! | `after` | duration | `P7D`: from now, days on the calendar at the same local time, then forward into working hours |
//! | `at` | instant | taken as it is, instead of `after` |
//! | `assignee` | login | the owner of the record, else the process's owner |
//! | `remindBefore` | duration | `PT30M` |
//! | `duration` | duration | `PT30M` |
//! | `contact` | key or record | the record's contact |
//! | `wait` | boolean | `true`: the element stays active until the call is held or cancelled |
//!
//! Results: `outcome` (`fine`, `problem`, `no_answer`; null when cancelled), `note`, `status` (`held`, `cancelled`,
//! `planned`), `call` (the call's key).
//!
//! The call is written in the step's own transaction, stands on the timeline of the record that the process is about,
//! and is cancelled when the element is ended from outside.

use redthread_calendar::{IsoDuration, Timestamp, Zone};
use redthread_core::Variables;
use redthread_crm::activities::{self, ActivityType, Plan};
use redthread_crm::{Kind, RecordKey, Scope, User, calendar, users};
use redthread_feel::Value;
use redthread_runtime::{JobCall, Performed, RecordChange, RecordRef};
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json};

use crate::contract::Contract;
use crate::input::{Input, InputKind, Inputs, Unusable};
use crate::records::{Target, load, to_key, to_kind};
use crate::trouble::Trouble;
use crate::world::{CrmWrite, inputs};

pub(crate) const CONTRACT: Contract = Contract {
    job_type: "crm:create-call",
    name: "Create a call",
    description: "Plans a call with the client in somebody's calendar, and waits until it is held or cancelled.",
    inputs: &[
        Input {
            name: "subject",
            kind: InputKind::Text,
            required: false,
            default: "the element's name",
            help: "What the call is about.",
        },
        Input {
            name: "after",
            kind: InputKind::Duration,
            required: false,
            default: "P7D",
            help: "How long from now, in calendar days at the same local time; then forward into working hours.",
        },
        Input {
            name: "at",
            kind: InputKind::Instant,
            required: false,
            default: "",
            help: "Exactly when, instead of \"after\".",
        },
        Input {
            name: "assignee",
            kind: InputKind::Text,
            required: false,
            default: "the owner of the record",
            help: "Who calls: a login.",
        },
        Input {
            name: "remindBefore",
            kind: InputKind::Duration,
            required: false,
            default: "PT30M",
            help: "How long before the call to remind of it.",
        },
        Input {
            name: "duration",
            kind: InputKind::Duration,
            required: false,
            default: "PT30M",
            help: "How long the call takes.",
        },
        Input {
            name: "contact",
            kind: InputKind::Text,
            required: false,
            default: "the record's contact",
            help: "Whom to call: a contact's key, or the contact itself: case.contact.",
        },
        Input {
            name: "wait",
            kind: InputKind::Boolean,
            required: false,
            default: "true",
            help: "Whether the process waits until the call is held or cancelled.",
        },
    ],
    results: &[
        (
            "outcome",
            "fine, problem or no_answer; null when the call was cancelled",
        ),
        ("note", "what was noted about it"),
        ("status", "held, cancelled or planned"),
        ("call", "the call's key"),
    ],
};

const WEEK: IsoDuration = IsoDuration {
    months: 0,
    days: 7,
    micros: 0,
};
const HALF_AN_HOUR: IsoDuration = IsoDuration {
    months: 0,
    days: 0,
    micros: 1_800_000_000,
};

pub(crate) async fn perform(
    tx: &DatabaseTransaction,
    call: &JobCall,
) -> Result<Performed, Trouble> {
    let inputs = inputs(call);
    let about = match &call.subject {
        Some(subject) => Some(Target {
            kind: to_kind(&subject.kind)?,
            key: to_key(&subject.key)?,
        }),
        None => None,
    };
    let record = match about {
        Some(target) => load(tx, target).await?,
        None => None,
    };
    let starts_at = starts_at(tx, &inputs, call).await?;
    let length = inputs.duration("duration")?.unwrap_or(HALF_AN_HOUR);
    let before = inputs.duration("remindBefore")?.unwrap_or(HALF_AN_HOUR);
    let subject = inputs
        .text("subject")?
        .unwrap_or_else(|| call.element_name.clone());
    let ends_at = moved("duration", length, starts_at, call)?;
    let caller = assignee(tx, &inputs, call, record.as_ref()).await?;
    let plan = Plan {
        starts_at: Some(starts_at),
        ends_at: Some(ends_at),
        remind_at: Some(moved("remindBefore", backwards(before)?, starts_at, call)?),
        owner: Some(caller.key),
        // A record that was deleted in the meantime has no timeline to stand on.
        record: about
            .filter(|_| record.is_some())
            .map(|target| (target.kind, target.key)),
        contact: contact(&inputs, record.as_ref())?,
        ..Plan::new(ActivityType::Call, subject)
    };
    let wait = inputs.boolean("wait")?.unwrap_or(true);
    let cx = call.context();
    let key = activities::plan(&CrmWrite::of(&cx).change(tx), &Scope::process(), plan)
        .await?
        .key;
    Ok(if wait {
        waits(key, Some(ends_at), Some(caller.login))
    } else {
        Performed::Done {
            variables: results(key, "planned", Value::Null, Value::Null),
        }
    })
}

/// The element waits for the call, and is overdue once its time is over.
fn waits(call: RecordKey, due: Option<Timestamp>, who: Option<String>) -> Performed {
    let record = RecordRef {
        kind: Kind::Activity.name().to_owned(),
        key: call.to_string(),
    };
    Performed::Waits { record, due, who }
}

/// When the call is: exactly `at`, or `after` a while, in working hours.
async fn starts_at(
    tx: &DatabaseTransaction,
    inputs: &Inputs<'_>,
    call: &JobCall,
) -> Result<Timestamp, Trouble> {
    if let Some(at) = inputs.instant("at")? {
        return Ok(at);
    }
    let calendar = calendar::load(tx).await?;
    let after = inputs.duration("after")?.unwrap_or(WEEK);
    let earliest = after
        .add_to(call.now, &calendar.zone)
        .ok_or_else(|| too_far("after"))?;
    Ok(calendar.forward_into_working(earliest))
}

fn moved(
    name: &str,
    by: IsoDuration,
    from: Timestamp,
    call: &JobCall,
) -> Result<Timestamp, Unusable> {
    by.add_to(from, &call.zone).ok_or_else(|| too_far(name))
}

fn backwards(duration: IsoDuration) -> Result<IsoDuration, Unusable> {
    duration
        .checked_neg()
        .ok_or_else(|| too_far("remindBefore"))
}

fn too_far(name: &str) -> Unusable {
    Unusable(format!(
        "The input \"{name}\" leads beyond the end of the calendar. Choose a shorter duration."
    ))
}

/// Who calls: whom the input names, else the record's owner, else the process's owner.
async fn assignee(
    tx: &DatabaseTransaction,
    inputs: &Inputs<'_>,
    call: &JobCall,
    record: Option<&Map<String, Json>>,
) -> Result<User, Trouble> {
    let named = inputs.text("assignee")?;
    let of_record = record
        .and_then(|record| record.get("owner"))
        .and_then(|owner| owner.get("login"))
        .and_then(Json::as_str)
        .map(str::to_owned);
    let login = named.or(of_record).or_else(|| call.owner.clone()).ok_or_else(|| {
        Unusable::new("Nobody is there to call: the record has no owner. Give it one, or set the input \"assignee\".")
    })?;
    match users::by_login(tx, &Scope::process(), &login).await? {
        Some(user) if user.active => Ok(user),
        Some(_) => Err(Unusable(format!(
            "\"{login}\" is no longer active. Choose somebody else to call."
        ))
        .into()),
        None => Err(Unusable(format!(
            "There is no user with the login \"{login}\". Choose somebody else to call."
        ))
        .into()),
    }
}

fn contact(
    inputs: &Inputs<'_>,
    record: Option<&Map<String, Json>>,
) -> Result<Option<RecordKey>, Unusable> {
    let named = match inputs.variables.get("contact") {
        Some(Value::Context(contact)) => contact
            .get("key")
            .and_then(Value::as_str)
            .map(str::to_owned),
        _ => inputs.text("contact")?,
    };
    let of_record = || {
        let contact = record?.get("contact")?;
        contact.get("key").and_then(Json::as_str).map(str::to_owned)
    };
    named.or_else(of_record).as_deref().map(to_key).transpose()
}

/// The call has changed: is it over?
pub(crate) async fn record_changed(
    tx: &DatabaseTransaction,
    change: &RecordChange,
) -> Result<Option<Performed>, Trouble> {
    let key = to_key(&change.key)?;
    let Some(call) = load(
        tx,
        Target {
            kind: Kind::Activity,
            key,
        },
    )
    .await?
    else {
        // A deleted call will never be held.
        return Ok(Some(Performed::Done {
            variables: results(key, "cancelled", Value::Null, Value::Null),
        }));
    };
    let field = |name: &str| call.get(name).map_or(Value::Null, Value::from_json);
    let status = field("status");
    Ok(match status.as_str() {
        // It may have been moved to another time, or given to somebody else.
        Some("planned") | None => {
            let who = call
                .get("owner")
                .and_then(|owner| owner.get("login"))
                .and_then(Json::as_str)
                .map(str::to_owned);
            let due = field("ends_at").to_timestamp(&Zone::UTC);
            Some(waits(key, due, who))
        }
        Some(status) => Some(Performed::Done {
            variables: results(key, status, field("outcome"), field("outcome_note")),
        }),
    })
}

fn results(key: RecordKey, status: &str, outcome: Value, note: Value) -> Variables {
    [
        ("outcome".into(), outcome),
        ("note".into(), note),
        ("status".into(), Value::from(status)),
        ("call".into(), Value::from(key.to_string())),
    ]
    .into()
}

/// The element was ended from outside: nobody needs to call any more.
pub(crate) async fn abandoned(
    tx: &DatabaseTransaction,
    call: &JobCall,
    waiting_on: &RecordRef,
) -> Result<(), Trouble> {
    let key = to_key(&waiting_on.key)?;
    let target = Target {
        kind: Kind::Activity,
        key,
    };
    let planned = load(tx, target)
        .await?
        .is_some_and(|fields| fields.get("status") == Some(&Json::from("planned")));
    if planned {
        let cx = call.context();
        let reason = format!(
            "The process \"{}\" no longer needs the call.",
            call.process_name
        );
        activities::cancel(
            &CrmWrite::of(&cx).change(tx),
            &Scope::process(),
            key,
            None,
            Some(&reason),
        )
        .await?;
    }
    Ok(())
}
