//! What is wrong with a database, in words that a person can act on.

use redthread_core::Key;
use serde::Serialize;

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What kind of thing it is.
    pub code: FindingCode,
    /// The table it was found in.
    pub table: &'static str,
    /// The row's primary key, its parts separated by commas; none: it is about the table as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The instance it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Key>,
    /// The element of the diagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What should be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What can be done about it.
    pub hint: &'static str,
}

/// What kind of thing is wrong. The names are stable.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FindingCode {
    /// Something that is stored cannot be read.
    Unreadable,
    /// Replaying the history of an instance gives another state than the one that is stored.
    Replay,
    /// Numbers that must follow each other do not.
    Gap,
    /// A row is missing.
    Missing,
    /// A row says something else than it must.
    Different,
    /// A row belongs to nothing.
    Orphan,
    /// Work that could not be done waits for a person.
    SetAside,
}

impl FindingCode {
    /// The name, as it is in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            FindingCode::Unreadable => "unreadable",
            FindingCode::Replay => "replay",
            FindingCode::Gap => "gap",
            FindingCode::Missing => "missing",
            FindingCode::Different => "different",
            FindingCode::Orphan => "orphan",
            FindingCode::SetAside => "setAside",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            FindingCode::Unreadable => {
                "If a newer version has written it, use that version. Else keep a copy of the database and report it."
            }
            FindingCode::Replay => {
                "The instance goes on from the stored state. Keep a copy of the database and report it."
            }
            FindingCode::Gap => {
                "Something was deleted, or two servers wrote at once. Keep a copy of the database and report it."
            }
            FindingCode::Missing => {
                "What it stands for is not found by people or does not happen. Cancel the instance and start it anew, or restore a backup; report it."
            }
            FindingCode::Different => {
                "Lists and searches show what is wrong; the instance itself goes by its state. Keep a copy of the database and report it."
            }
            FindingCode::Orphan => {
                "It does nothing but is shown or counted. Keep a copy of the database and report it."
            }
            FindingCode::SetAside => {
                "The reason stands beside it. Change the values of its instance, or cancel it."
            }
        }
    }
}

impl Finding {
    pub(super) fn new(
        code: FindingCode,
        table: &'static str,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            code,
            table,
            key: None,
            instance: None,
            element: None,
            message: message.into(),
            expected: None,
            found: None,
            hint: code.hint(),
        }
    }

    pub(super) fn key(mut self, key: impl ToString) -> Finding {
        self.key = Some(key.to_string());
        self
    }

    pub(super) fn instance(mut self, instance: Option<i64>) -> Finding {
        self.instance = instance.map(Key::from_i64);
        self
    }

    pub(super) fn element(mut self, element: Option<&str>) -> Finding {
        self.element = element.map(str::to_owned);
        self
    }

    pub(super) fn but(mut self, expected: impl ToString, found: impl ToString) -> Finding {
        self.expected = Some(shown(expected.to_string()));
        self.found = Some(shown(found.to_string()));
        self
    }
}

/// The most characters of a value that are shown.
const SHOWN: usize = 300;

/// Values may be of any length.
fn shown(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text,
    }
}
