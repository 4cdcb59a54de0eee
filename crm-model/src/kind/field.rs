//! Fields, as a kind's description lists them.

use super::Kind;
use serde::Serialize;

/// A property of a kind of record.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name, also that of its column.
    pub name: &'static str,
    /// What it may hold.
    #[serde(flatten)]
    pub field_type: FieldType,
    /// Whether it must not be empty.
    pub required: bool,
    /// Whether people and processes may set it; otherwise it follows from something else.
    pub writable: bool,
    /// Whether full-text search looks at it.
    pub searchable: bool,
    /// What it holds when nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    /// Whether lists in words are sorted by it.
    #[serde(skip)]
    pub(crate) leads: bool,
}

/// What a field may hold, and how it looks in JSON.
#[derive(Debug, Copy, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// One line of text.
    Text {
        /// How many characters at most.
        max: u32,
    },
    /// Text of several lines, up to 20,000 characters.
    LongText,
    /// An e-mail address.
    Email,
    /// A telephone number, as people write it.
    Phone,
    /// A web address.
    Website,
    /// An amount with up to four decimals; a JSON number.
    Money,
    /// A calendar date, `2026-01-05`.
    Date,
    /// A moment, RFC 3339.
    Instant,
    /// One of a few words.
    Choice {
        /// Which.
        values: &'static [&'static str],
    },
    /// Another record: its key as a decimal string.
    Link {
        /// Of which kind.
        kind: Kind,
    },
    /// Another record, of the kind that another field names.
    AnyLink {
        /// Which field names the kind.
        kind_field: &'static str,
    },
    /// A number given by the system, shown with a prefix: `C-1001`.
    Serial {
        /// What stands before the number.
        prefix: &'static str,
    },
    /// Yes or no.
    Boolean,
}

impl Field {
    pub(crate) const fn new(name: &'static str, field_type: FieldType) -> Self {
        Field {
            name,
            field_type,
            required: false,
            writable: true,
            searchable: false,
            default: None,
            leads: false,
        }
    }

    pub(crate) const fn text(name: &'static str, max: u32) -> Self {
        Self::new(name, FieldType::Text { max })
    }

    pub(crate) const fn choice(name: &'static str, values: &'static [&'static str]) -> Self {
        Self::new(name, FieldType::Choice { values })
    }

    pub(crate) const fn link(name: &'static str, kind: Kind) -> Self {
        Self::new(name, FieldType::Link { kind })
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    pub(crate) const fn searchable(mut self) -> Self {
        self.searchable = true;
        self
    }

    /// Searchable, and what lists are sorted by in words.
    pub(crate) const fn leading(mut self) -> Self {
        self.searchable = true;
        self.leads = true;
        self
    }

    pub(crate) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    /// Who takes care of the record.
    pub(crate) const OWNER: Field = Field::link("owner", Kind::User);
    /// When the record was made.
    pub(crate) const CREATED_AT: Field = Field::new("created_at", FieldType::Instant)
        .required()
        .read_only();
    /// When it was changed last.
    pub(crate) const CHANGED_AT: Field = Field::new("changed_at", FieldType::Instant)
        .required()
        .read_only();
}
