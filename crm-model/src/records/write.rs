//! Creating, changing and deleting records.
//!
//! Each goes the same way: read what is given, settle what follows, hold it against the rules, write
//! the row, leave a `record_change` row and entries on the timeline. All problems are told at once.

use super::filter::unknown;
use super::read::{Record, one};
use super::value::{self, Read};
use crate::kind::{Field, FieldType, Kind, activity};
use crate::store::{self, Cells, Extra, Row};
use crate::{Actor, Change, CrmError, Operation, Problem, RecordKey, Scope};
use crate::{record_changes, teams, timeline, users};
use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Map, Value as Json};

/// A new record. Fields that are not given have their defaults; what a person makes and gives
/// nobody is the person's own.
pub async fn create(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    fields: &Map<String, Json>,
) -> Result<Record, CrmError> {
    create_with(change, scope, kind, fields, &[]).await
}

/// The same, where `system` sets fields that are not writable.
pub(crate) async fn create_with(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    fields: &Map<String, Json>,
    system: &[(&'static str, Value)],
) -> Result<Record, CrmError> {
    scope.may_write(kind)?;
    let mut cells = Cells::empty(kind);
    let mut problems = accept(change.tx, scope, kind, fields, &mut cells).await?;
    set_system(kind, &mut cells, system);
    for field in kind.description().fields {
        if let Some(default) = field.default.filter(|_| cells.is_empty(field)) {
            cells.set(field, default_value(field, default));
        }
    }
    if let (Actor::User { key, .. }, false) = (&change.actor, fields.contains_key("owner"))
        && let Some(field) = scope.field(kind, "owner")
    {
        cells.set(field, Value::BigInt(Some(key.0)));
    }
    cells.set_int("created_at", Some(change.now.as_micros()));
    cells.set_int("changed_at", Some(change.now.as_micros()));
    kind.settle(None, &mut cells, change.now);
    check(change.tx, scope, kind, None, &cells, &mut problems).await?;
    if !problems.is_empty() {
        return Err(CrmError::Invalid { problems });
    }
    if kind == Kind::Case {
        // Last, so that a refused case costs no number.
        cells.set_int("number", Some(next_number(change.tx, kind).await?));
    }
    let key = RecordKey(change.next_key());
    let created_by = store::to_text("author of a record", &change.actor)?;
    let search_text = kind.description().search_text(&cells);
    let extra = Extra {
        key,
        version: 1,
        created_by: Some(&created_by),
        search_text: search_text.clone(),
        derived: derived(kind, None, &cells),
    };
    store::insert(change.tx, kind, &cells, extra).await?;
    let row = Row {
        kind,
        key,
        version: 1,
        created_by,
        search_text,
        cells,
    };
    let empty = Cells::empty(kind);
    let changed = row.cells.differing(&empty);
    record_changes::leave(change, Operation::Created, &row, &empty, &changed).await?;
    timeline::created(change, &row).await?;
    one(change.tx, scope, row).await
}

/// Changes some fields of a record. With `version`, only if nobody has changed it since; without
/// (processes), as it is now. What is as it was is no change.
pub async fn update(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
    version: Option<i64>,
    patch: &Map<String, Json>,
) -> Result<Record, CrmError> {
    update_with(change, scope, kind, key, version, patch, &[]).await
}

/// The same, where `system` sets fields that are not writable.
pub(crate) async fn update_with(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
    version: Option<i64>,
    patch: &Map<String, Json>,
    system: &[(&'static str, Value)],
) -> Result<Record, CrmError> {
    scope.may_write(kind)?;
    let mut row = store::must_load(change.tx, scope, kind, key).await?;
    let conflict = |yours| CrmError::Conflict {
        kind,
        key,
        yours,
        current: row.version,
    };
    if let Some(yours) = version.filter(|yours| *yours != row.version) {
        return Err(conflict(yours));
    }
    let mut cells = row.cells.clone();
    let mut problems = accept(change.tx, scope, kind, patch, &mut cells).await?;
    set_system(kind, &mut cells, system);
    kind.settle(Some(&row.cells), &mut cells, change.now);
    check(change.tx, scope, kind, Some(&row), &cells, &mut problems).await?;
    if !problems.is_empty() {
        return Err(CrmError::Invalid { problems });
    }
    let changed = cells.differing(&row.cells);
    if changed.is_empty() {
        return one(change.tx, scope, row).await;
    }
    cells.set_int("changed_at", Some(change.now.as_micros()));
    let search_text = kind.description().search_text(&cells);
    let extra = Extra {
        key,
        version: row.version + 1,
        created_by: None,
        search_text: search_text.clone(),
        derived: derived(kind, Some(&row.cells), &cells),
    };
    let written = [changed.as_slice(), &[&Field::CHANGED_AT]].concat();
    if !store::update(change.tx, kind, &written, &cells, extra).await? {
        return Err(conflict(row.version));
    }
    let before = std::mem::replace(&mut row.cells, cells);
    row.version += 1;
    row.search_text = search_text;
    record_changes::leave(change, Operation::Changed, &row, &before, &changed).await?;
    timeline::changed(change, scope, &row, &before, &changed).await?;
    one(change.tx, scope, row).await
}

/// Takes a record away, unless others point at it. With `version`, only if nobody has changed it
/// since.
pub async fn delete(
    change: &Change<'_>,
    scope: &Scope,
    kind: Kind,
    key: RecordKey,
    version: Option<i64>,
) -> Result<(), CrmError> {
    scope.may_write(kind)?;
    let row = store::must_load(change.tx, scope, kind, key).await?;
    if let Some(yours) = version.filter(|yours| *yours != row.version) {
        return Err(CrmError::Conflict {
            kind,
            key,
            yours,
            current: row.version,
        });
    }
    let mut references = Vec::new();
    for other in Kind::ALL {
        let mut count = 0;
        for field in other.description().fields {
            count += store::references(change.tx, other, field, (kind, key)).await?;
        }
        if count > 0 {
            references.push((other, count));
        }
    }
    if !references.is_empty() {
        return Err(CrmError::InUse {
            kind,
            key,
            references,
        });
    }
    match kind {
        Kind::User => {
            teams::forget_user(change.tx, key).await?;
            crate::notifications::forget_user(change.tx, key).await?;
            crate::outbox::forget_user(change.tx, key).await?;
        }
        Kind::Team => teams::forget_team(change.tx, key).await?,
        Kind::Account | Kind::Contact | Kind::Case | Kind::Deal | Kind::Activity => {}
    }
    store::delete(change.tx, kind, key).await?;
    let empty = Cells::empty(kind);
    let had = row.cells.differing(&empty);
    let gone = Row {
        cells: empty,
        ..row.clone()
    };
    record_changes::leave(change, Operation::Deleted, &gone, &row.cells, &had).await?;
    timeline::deleted(change, &row).await
}

/// Reads the given fields into the cells; what cannot be taken becomes a problem.
async fn accept(
    tx: &DatabaseTransaction,
    scope: &Scope,
    kind: Kind,
    fields: &Map<String, Json>,
    cells: &mut Cells,
) -> Result<Vec<Problem>, CrmError> {
    let mut problems = Vec::new();
    for (name, json) in fields {
        let Some(field) = scope.field(kind, name) else {
            problems.push(unknown(kind, name));
            continue;
        };
        if !field.writable {
            let sentence = format!("The field {name} follows from others and cannot be set.");
            problems.push(Problem::new(name, "readOnly", sentence));
            continue;
        }
        match value::from_json(field, json) {
            Err((code, sentence)) => problems.push(Problem::new(name, code, sentence)),
            Ok(Read::Value(value)) => cells.set(field, value),
            Ok(Read::Name(wanted)) => match by_name(tx, scope, field, &wanted).await? {
                Some(key) => cells.set(field, Value::BigInt(Some(key.0))),
                None => problems.push(no_such(field, &wanted)),
            },
        }
    }
    Ok(problems)
}

fn no_such(field: &Field, wanted: &str) -> Problem {
    let what = match field.field_type {
        FieldType::Link { kind } => kind.name(),
        _ => "record",
    };
    let sentence = format!(
        "There is no {what} \"{wanted}\" for the field {}.",
        field.name
    );
    Problem::new(field.name, "noSuchRecord", sentence)
}

/// Users are also named by login and teams by name, as diagrams do.
async fn by_name(
    tx: &DatabaseTransaction,
    scope: &Scope,
    field: &Field,
    name: &str,
) -> Result<Option<RecordKey>, CrmError> {
    match field.field_type {
        FieldType::Link { kind: Kind::User } => {
            Ok(users::by_login(tx, scope, name).await?.map(|user| user.key))
        }
        FieldType::Link { kind: Kind::Team } => {
            Ok(teams::by_name(tx, scope, name).await?.map(|team| team.key))
        }
        _ => Ok(None),
    }
}

fn set_system(kind: Kind, cells: &mut Cells, system: &[(&'static str, Value)]) {
    for (name, value) in system {
        if let Some(field) = kind.description().field(name) {
            cells.set(field, value.clone());
        }
    }
}

fn default_value(field: &Field, default: &str) -> Value {
    match field.field_type {
        FieldType::Boolean => Value::Bool(Some(default == "true")),
        _ => Value::String(Some(default.to_owned())),
    }
}

/// Holds a record as a whole against the rules. Only links that are new are looked up.
async fn check(
    tx: &DatabaseTransaction,
    scope: &Scope,
    kind: Kind,
    before: Option<&Row>,
    cells: &Cells,
    problems: &mut Vec<Problem>,
) -> Result<(), CrmError> {
    let said = |problems: &[Problem], name: &str| problems.iter().any(|p| p.field == name);
    let fields = kind.description().fields;
    for field in fields
        .iter()
        .filter(|field| field.required && cells.is_empty(field))
    {
        // A case gets its number at the very end.
        let given_later = matches!(field.field_type, FieldType::Serial { .. });
        if !given_later && !said(problems, field.name) {
            let sentence = format!("The field {} must not be empty.", field.name);
            problems.push(Problem::new(field.name, "required", sentence));
        }
    }
    for problem in kind.rules(cells) {
        if !said(problems, &problem.field) {
            problems.push(problem);
        }
    }
    for field in fields {
        let target = cells.target(field);
        if target.is_none() || target == before.and_then(|row| row.cells.target(field)) {
            continue;
        }
        if let Some((to, key)) = target
            && store::load(tx, scope, to, key).await?.is_none()
        {
            problems.push(no_such(field, &key.to_string()));
        }
    }
    if let Some(name) = kind.unique_field()
        && let Some(value) = cells.get(name).filter(|_| cells.text(name).is_some())
        && before.is_none_or(|row| row.cells.get(name) != Some(value))
        && store::is_taken(tx, kind, name, value.clone(), before.map(|row| row.key)).await?
    {
        let sentence = format!("There is already a {kind} with this {name}.");
        problems.push(Problem::new(name, "taken", sentence));
    }
    Ok(())
}

/// Columns that are no fields but follow from them.
fn derived(kind: Kind, before: Option<&Cells>, cells: &Cells) -> Vec<(&'static str, Value)> {
    if kind != Kind::Activity {
        return Vec::new();
    }
    // A reminder that was given comes again only if its time or the state has changed.
    let same = |name: &str| before.is_some_and(|before| before.get(name) == cells.get(name));
    if same("remind_at") && same("status") {
        return Vec::new();
    }
    vec![("reminder_due", Value::BigInt(activity::reminder_due(cells)))]
}

/// The next number of a kind: 1001, 1002 ... without gaps but for deleted records.
async fn next_number(tx: &DatabaseTransaction, kind: Kind) -> Result<i64, CrmError> {
    let update = Query::update()
        .table("record_number")
        .value("last", Expr::col("last").add(1))
        .and_where(Expr::col("kind").eq(kind.name()))
        .to_owned();
    tx.execute(&update).await?;
    let select = Query::select()
        .column("last")
        .from("record_number")
        .and_where(Expr::col("kind").eq(kind.name()))
        .to_owned();
    let missing = || CrmError::Stored {
        what: "last number",
        reason: format!("there is none for the kind {kind}"),
    };
    Ok(tx
        .query_one(&select)
        .await?
        .ok_or_else(missing)?
        .try_get("", "last")?)
}
