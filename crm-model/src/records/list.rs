//! Lists and search: filters, words, order, pages.
//!
//! Pages go on from the last record's values and key, not from an offset: they neither skip nor
//! repeat while records come and go, and page 1000 is as quick as the first.

use super::filter::{SEARCH, all_words, col, condition, escaped, like};
use super::order::{Term, beyond, key_order, order, position};
use super::query::{Cursor, Page, Query, Total};
use super::read::{Record, assemble};
use crate::kind::Kind;
use crate::store::{self, Stretch};
use crate::{CrmError, Scope};
use sea_orm::sea_query::{Condition, ExprTrait};
use sea_orm::{ConnectionTrait, Order};

/// Nobody reads further; counting on would only cost time.
const COUNT_CAP: u64 = 10_000;
const LIMIT_MAX: u32 = 200;
const LIMIT_DEFAULT: u32 = 50;

/// A page of the records that fit a query.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kind: Kind,
    query: &Query,
) -> Result<Page, CrmError> {
    let mut problems = Vec::new();
    let condition = condition(scope, kind, query, &mut problems);
    let order = order(scope, kind, &query.sort, &mut problems);
    let after = match query
        .after
        .as_ref()
        .map(|cursor| cursor.position(&query.sort))
    {
        Some(Ok(position)) => Some(position),
        Some(Err(problem)) => {
            problems.push(problem);
            None
        }
        None => None,
    };
    if !problems.is_empty() {
        return Err(CrmError::Invalid { problems });
    }
    let limit = match query.limit {
        0 => LIMIT_DEFAULT,
        limit => limit.clamp(1, LIMIT_MAX),
    };
    let total = store::count(conn, scope, kind, condition.clone(), COUNT_CAP + 1).await?;
    let stretch = Stretch {
        condition: match after {
            Some(position) => condition.add(beyond(&order, position)),
            None => condition,
        },
        order: order
            .iter()
            .map(Term::order)
            .chain([key_order(&order)])
            .collect(),
        // One more, to know whether there is a next page.
        limit: u64::from(limit) + 1,
    };
    let mut rows = store::stretch(conn, scope, kind, stretch).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| Cursor::of(&position(&order, query, row)));
    let records = assemble(conn, scope, rows).await?;
    let total = Total {
        count: total.clamp(0, COUNT_CAP),
        or_more: total > COUNT_CAP,
    };
    Ok(Page {
        records,
        next,
        total,
    })
}

/// The records of the given kinds in which all the words occur, `limit` of each kind at most: those
/// that begin with the words first, then the newest.
pub async fn search<C: ConnectionTrait>(
    conn: &C,
    scope: &Scope,
    kinds: &[Kind],
    words: &str,
    limit: u32,
) -> Result<Vec<Record>, CrmError> {
    let mut found = Vec::new();
    let words = words.trim().to_lowercase();
    if words.is_empty() {
        return Ok(found);
    }
    for kind in kinds {
        let begins = col(SEARCH).like(like(&format!("{}%", escaped(&words))));
        let order = vec![
            (begins, Order::Desc, false),
            (col("key"), Order::Desc, false),
        ];
        let limit = u64::from(limit.clamp(1, LIMIT_MAX));
        let stretch = Stretch {
            condition: all_words(Condition::all(), &words),
            order,
            limit,
        };
        let rows = store::stretch(conn, scope, *kind, stretch).await?;
        found.extend(assemble(conn, scope, rows).await?);
    }
    Ok(found)
}
