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
    /// What was found, without the numbers of this model.
    pub fn kind(&self) -> String {
        let words = self.to_string();
        words
            .chars()
            .filter(|c| !c.is_ascii_digit())
            .take(200)
            .collect()
    }

    /// Whether two failures show the same mistake: numbers of elements aside, where it matters what was found.
    pub fn is_like(&self, other: &Failure) -> bool {
        self.law == other.law
            && (self.law != UNREADABLE && self.law != PANICS || self.kind() == other.kind())
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
