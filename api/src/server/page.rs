//! Pages of lists.

use redthread_runtime::PageRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// How many items a page has when nobody says, and how many it may have at most.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most that a page may have.
pub const MAX_LIMIT: u32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins: pass it as `after`. Null on the last page.
    #[schema(required)]
    pub next: Option<String>,
    /// How many there are in all, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// The number of items to answer with: what was asked for, within bounds.
pub fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}

/// The same for the engine's lists.
pub fn request(asked: Option<u32>, after: Option<String>) -> PageRequest {
    PageRequest {
        limit: u64::from(limit(asked)),
        after: after.filter(|after| !after.is_empty()),
    }
}
