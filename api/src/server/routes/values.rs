//! Values as they travel: JSON in, FEEL values for the engine, JSON out.

use crate::server::error::ApiError;
use redthread_core::Variables;
use redthread_feel::Value as Feel;
use serde_json::{Map, Value};
use std::sync::Arc;

/// How deeply a value may be nested.
const NESTING: usize = 64;

/// The variables of a request.
///
/// # Errors
/// Where a name cannot be one, or a value is nested too deeply.
pub fn variables(values: Map<String, Value>) -> Result<Variables, ApiError> {
    let mut variables = Variables::new();
    for (name, value) in values {
        if name.trim().is_empty() {
            return Err(ApiError::Unusable(
                "A value has no name. Nothing was changed.".to_owned(),
            ));
        }
        let value = Feel::from_json(&value);
        if !value.nests_within(NESTING) {
            return Err(ApiError::Unusable(format!(
                "The value \"{name}\" is nested more than {NESTING} levels deep. Nothing was changed."
            )));
        }
        variables.insert(Arc::from(name), value);
    }
    Ok(variables)
}

/// Variables for a page.
pub fn to_json(variables: &Variables) -> Map<String, Value> {
    variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_json()))
        .collect()
}

/// Why something is done by hand: it must be said.
///
/// # Errors
/// Where nothing is said.
pub fn reason(text: &str) -> Result<String, ApiError> {
    match text.trim() {
        "" => Err(ApiError::field(
            "reason",
            "required",
            "Say why: the reason is kept in the history.",
        )),
        text => Ok(text.to_owned()),
    }
}
