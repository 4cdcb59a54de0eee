//! What a model shows to be wrong.

use std::fmt;

/// A law that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Which law: a smaller model that breaks the same one shows the same mistake.
    pub law: &'static str,
    /// What was found.
    pub found: String,
}

impl Failure {
    /// Whether two failures show the same mistake: numbers of elements aside, where it matters what was found.
    pub fn is_like(&self, other: &Failure) -> bool {
        let words = |text: &str| {
            text.chars()
                .filter(|c| !c.is_ascii_digit())
                .collect::<String>()
        };
        self.law == other.law
            && (self.law != UNREADABLE && self.law != PANICS
                || words(&self.found) == words(&other.found))
    }
}

pub const UNREADABLE: &str = "what BPMN allows can be read";
pub const PANICS: &str = "nothing panics";

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.found)
    }
}

/// Says that a law did not hold, unless it does.
pub fn law(holds: bool, law: &'static str, found: impl FnOnce() -> String) -> Result<(), Failure> {
    match holds {
        true => Ok(()),
        false => Err(Failure {
            law,
            found: found(),
        }),
    }
}
