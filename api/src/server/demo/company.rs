//! The company as its files tell it. Days are counted from the day on which it is loaded, so that it is always lately.

use crate::server::accounts::Role;
use crate::server::routes::about::DemoAccount;
use crate::server::routes::calendar::Hours;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../examples/demo-company/", $name)),
        )
    };
}

/// The process that the company follows, and the form of its task.
pub const PROCESS: [(&str, &str); 2] = [
    (
        "request-follow-up.bpmn",
        include_str!("../../../../examples/request-follow-up/request-follow-up.bpmn"),
    ),
    (
        "solve-problem.form",
        include_str!("../../../../examples/request-follow-up/solve-problem.form"),
    ),
];

/// The demo company.
#[derive(Debug)]
pub struct Company {
    pub(super) people: Vec<Employee>,
    pub(super) teams: Vec<Team>,
    pub(super) calendar: WorkingDays,
    pub(super) accounts: Vec<Client>,
    pub(super) contacts: Vec<Client>,
    pub(super) cases: Vec<Case>,
    pub(super) deals: Vec<Deal>,
    pub(super) activities: Vec<Activity>,
}

/// Somebody who works there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Employee {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub locale: String,
    pub teams: Vec<String>,
    pub email: String,
    pub password: String,
}

/// A team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    pub name: String,
    pub title: String,
}

/// When the company works.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkingDays {
    pub zone: String,
    pub week: Vec<Vec<Hours>>,
    pub holidays: Vec<Holiday>,
}

/// A public holiday: a day of the year, or so many days after Easter Sunday.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Holiday {
    #[serde(default)]
    pub day: Option<String>,
    #[serde(default)]
    pub easter: Option<i64>,
    pub name: String,
}

/// An account or a contact: fields as the record has them, links by the ids of these files.
#[derive(Debug, Deserialize)]
pub(super) struct Client {
    pub id: String,
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// A client's request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub id: String,
    pub subject: String,
    pub description: String,
    pub priority: String,
    pub origin: String,
    pub account: String,
    pub contact: String,
    pub owner: String,
    pub opened: Moment,
    /// How far it is, if it is not closed.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub closed: Option<Closing>,
    /// How the call a week later went; without it, nobody has called yet.
    #[serde(default)]
    pub call: Option<Call>,
    /// How the problem was solved, if there was one; without it, it is not yet.
    #[serde(default)]
    pub solved: Option<Solution>,
}

/// A time of a working day, counted from today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moment {
    pub workday: i64,
    pub time: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    pub workday: i64,
    pub time: String,
    pub resolution: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    pub outcome: String,
    pub note: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Solution {
    pub after: i64,
    pub solution: String,
}

/// A sale that may come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deal {
    pub name: String,
    pub account: String,
    pub contact: String,
    pub stage: String,
    pub amount: u32,
    pub currency: String,
    pub expected_close_in_days: i64,
    pub owner: String,
}

/// A call, a meeting, an e-mail or a note that people planned themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    #[serde(rename = "type")]
    pub kind: String,
    pub subject: String,
    pub workday: i64,
    pub time: String,
    pub minutes: i64,
    pub owner: String,
    pub account: String,
    #[serde(default)]
    pub outcome: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
}

impl Company {
    /// Reads the files that were built in.
    ///
    /// # Errors
    /// A sentence that names the file that cannot be read.
    pub fn read() -> Result<Company, String> {
        Ok(Company {
            people: parse(file!("people.json"))?,
            teams: parse(file!("teams.json"))?,
            calendar: parse(file!("calendar.json"))?,
            accounts: parse(file!("accounts.json"))?,
            contacts: parse(file!("contacts.json"))?,
            cases: parse(file!("cases.json"))?,
            deals: parse(file!("deals.json"))?,
            activities: parse(file!("activities.json"))?,
        })
    }

    /// Who may try it.
    pub fn accounts(&self) -> Vec<DemoAccount> {
        let account = |person: &Employee| DemoAccount {
            login: person.login.clone(),
            name: person.name.clone(),
            role: person.role,
            password: person.password.clone(),
        };
        self.people.iter().map(account).collect()
    }
}

fn parse<T: DeserializeOwned>((name, text): (&str, &str)) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{name} cannot be read: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_is_of_a_believable_size_and_its_links_lead_somewhere() {
        let company = Company::read().unwrap();
        assert_eq!(company.accounts.len(), 40);
        assert_eq!(company.contacts.len(), 60);
        assert_eq!(company.cases.len(), 50);
        assert_eq!(company.deals.len(), 30);
        let is_account = |id: &str| company.accounts.iter().any(|account| account.id == id);
        let is_contact = |id: &str| company.contacts.iter().any(|contact| contact.id == id);
        let works_here = |login: &str| company.people.iter().any(|person| person.login == login);
        for case in &company.cases {
            assert!(
                is_account(&case.account) && is_contact(&case.contact),
                "{}",
                case.id
            );
            assert!(works_here(&case.owner), "{}", case.id);
        }
        for deal in &company.deals {
            assert!(
                is_account(&deal.account) && is_contact(&deal.contact),
                "{}",
                deal.name
            );
            assert!(works_here(&deal.owner), "{}", deal.name);
        }
        for activity in &company.activities {
            assert!(is_account(&activity.account), "{}", activity.subject);
            assert!(works_here(&activity.owner), "{}", activity.subject);
        }
    }

    #[test]
    fn each_role_has_somebody_to_try_it_as() {
        let accounts = Company::read().unwrap().accounts();
        for role in [
            Role::Analyst,
            Role::Employee,
            Role::Manager,
            Role::Administrator,
        ] {
            assert!(
                accounts.iter().any(|account| account.role == role),
                "{role:?}"
            );
        }
    }
}
