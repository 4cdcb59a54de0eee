//! The examples that use the harder parts of BPMN do what their pages say: their scripts are played, and what happened is
//! looked at.

use std::path::{Path, PathBuf};
use std::time::Duration;

use redthread_tests::program::{self, Ran};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(60);

/// An example: its folder, whose diagram has the same name.
struct Example(&'static str);

const TRIP: Example = Example("trip-booking");
const DISCOUNT: Example = Example("discount-approval");
const REQUEST: Example = Example("request-escalation");

impl Example {
    fn folder(&self) -> PathBuf {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
        examples.join(self.0)
    }

    /// The diagram and its forms.
    fn files(&self) -> Vec<String> {
        let mut files: Vec<String> = std::fs::read_dir(self.folder())
            .expect("the folder of the example")
            .map(|entry| entry.expect("an entry").file_name())
            .filter_map(|name| name.into_string().ok())
            .filter(|name| name.ends_with(".bpmn") || name.ends_with(".form"))
            .collect();
        files.sort();
        assert!(files.contains(&format!("{}.bpmn", self.0)), "{files:?}");
        files
    }

    fn run(&self, command: &str, more: &[&str]) -> Ran {
        let files = self.files();
        let mut arguments = vec![command];
        arguments.extend(files.iter().map(String::as_str));
        arguments.extend(more);
        program::run_in(&self.folder(), &program::built(), &arguments, LIMIT)
            .expect("redthread runs")
    }

    /// Plays one of its scripts to the end of its only instance.
    fn play(&self, script: &str) -> Played {
        let script = format!("{script}.script.json");
        let company = [
            "--records",
            "records.json",
            "--calendar",
            "calendar.json",
            "--script",
            &script,
            "--json",
        ];
        let ran = self.run("play", &company);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let lines = ran.stdout.lines();
        let mut lines: Vec<Value> = lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let end = lines.pop().expect("a last line");
        let remarks: Vec<&Value> = lines.iter().filter(|line| line["what"].is_null()).collect();
        assert!(remarks.is_empty(), "{remarks:?}");
        let instances = end["instances"].as_array().expect("instances");
        assert_eq!(instances.len(), 1, "{end}");
        assert_eq!(instances[0]["state"], "completed", "{end}");
        Played { lines, end }
    }
}

/// What happened in a play.
struct Played {
    lines: Vec<Value>,
    end: Value,
}

impl Played {
    /// When something happened to an element, each time: day and time of UTC, without the year.
    fn times(&self, what: &str, element: &str) -> Vec<&str> {
        let lines = self.lines.iter();
        lines
            .filter(|line| line["what"] == what && line["element"] == element)
            .map(|line| &line["at"].as_str().expect("an instant")["2026-".len()..][..11])
            .collect()
    }

    fn times_completed(&self, element: &str) -> usize {
        self.times("completed", element).len()
    }

    /// The elements to which something happened, in order.
    fn elements(&self, what: &str) -> Vec<&str> {
        let lines = self.lines.iter();
        lines
            .filter(|line| line["what"] == what)
            .map(|line| line["element"].as_str().expect("an element"))
            .collect()
    }

    fn variable(&self, name: &str) -> &Value {
        &self.end["instances"][0]["variables"][name]
    }

    /// A field of the only record of a kind that the play touched.
    fn field(&self, kind: &str, name: &str) -> &Value {
        let records = self.end["records"].as_array().expect("records");
        let of_kind: Vec<&Value> = records
            .iter()
            .filter(|record| record["kind"] == kind)
            .collect();
        assert_eq!(of_kind.len(), 1, "{records:?}");
        &of_kind[0]["fields"][name]
    }
}

#[test]
fn no_example_has_a_problem_or_a_warning() {
    for example in [TRIP, DISCOUNT, REQUEST] {
        let checked = example.run("check", &[]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        let lines = checked.stdout.lines();
        let problems: Vec<&str> = lines.filter(|line| !line.contains("no problems")).collect();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

#[test]
fn a_trip_with_flights_and_a_room_for_each_traveller_is_won_and_closed() {
    let played = TRIP.play("booked");
    assert_eq!(played.times_completed("BookRoom"), 3);
    assert_eq!(played.elements("undoing"), [""; 0]);
    assert_eq!(played.elements("sent"), ["ConfirmTrip"]);
    assert_eq!(played.field("deal", "stage"), "won");
    assert_eq!(played.field("deal", "amount"), 4200);
    assert_eq!(played.field("case", "status"), "closed");
    assert_eq!(
        played.field("case", "resolution"),
        "Booked. Flights: LX-4471"
    );
}

#[test]
fn a_trip_without_a_room_for_everybody_is_undone_the_last_booking_first() {
    let played = TRIP.play("no-room");
    assert_eq!(
        played.elements("undoing"),
        ["CancelRoom", "CancelRoom", "CancelFlights", "LoseSale"]
    );
    // Each room as it was when it was booked.
    let undone = json!([
        "Hotel Belem, for Jonas Berg",
        "Hotel Alfama, for Paula Klein",
        "Flights to Lisbon, 4 to 7 May"
    ]);
    assert_eq!(played.variable("undone"), &undone);
    assert_eq!(played.elements("sent"), ["TellClient"]);
    assert_eq!(played.field("deal", "stage"), "lost");
    assert_eq!(played.field("case", "status"), "waiting");
    let note = played.field("activity", "description").as_str();
    assert!(
        note.is_some_and(|note| note.contains("Flights to Lisbon")),
        "{note:?}"
    );
}

#[test]
fn flights_that_nobody_books_in_two_working_days_call_the_trip_off() {
    let played = TRIP.play("no-flights");
    assert_eq!(played.times("activated", "BookFlights"), ["01-08T11:00"]);
    // From Thursday over the weekend.
    assert_eq!(played.times("triggered", "FlightsTooLate"), ["01-12T11:00"]);
    assert_eq!(played.elements("undoing"), ["LoseSale"]);
    assert_eq!(played.field("deal", "stage"), "lost");
}

#[test]
fn two_of_three_managers_who_agree_end_the_vote() {
    let played = DISCOUNT.play("agreed");
    // Two tasks and the whole; the third manager's task goes away.
    assert_eq!(
        played.times("completed", "Vote"),
        ["01-05T14:00", "01-05T15:00", "01-05T15:00"]
    );
    assert_eq!(played.times("terminated", "Vote"), ["01-05T15:00"]);
    assert_eq!(played.variable("votes")[1], Value::Null);
    assert_eq!(played.elements("sent"), ["Remind", "Tell"]);
    assert_eq!(played.times("activated", "Remind"), ["01-06T11:00"]);
    assert_eq!(played.field("deal", "stage"), "negotiation");
    assert_eq!(played.field("deal", "amount"), 40970);
    let explained = "15 % are approved.\nFinance agreed: Still above cost.\nLegal agreed: The warranty stays as it \
                     is.\nanna agreed: Good client.\nmarta agreed: Fits the plan.";
    assert_eq!(played.field("activity", "description"), explained);
}

#[test]
fn legal_that_refuses_ends_the_approvals_at_once() {
    let played = DISCOUNT.play("refused");
    assert!(played.elements("triggered").contains(&"Refused"));
    assert_eq!(played.times_completed("Vote"), 0);
    // Three tasks and the whole.
    assert_eq!(played.times("terminated", "Vote"), ["01-05T14:00"; 4]);
    assert_eq!(played.field("deal", "stage"), "qualified");
    assert_eq!(played.field("deal", "amount"), 48200);
    assert_eq!(
        played.field("activity", "description"),
        "15 % are refused.\nFinance agreed: Still above cost.\nLegal refused: No liability without limit."
    );
}

#[test]
fn managers_who_vote_a_discount_down_spare_finance_the_answer() {
    let played = DISCOUNT.play("voted-down");
    assert_eq!(played.times("activated", "Legal"), [""; 0]);
    assert_eq!(played.times("terminated", "Finance"), ["01-05T14:00"]);
    assert!(played.elements("triggered").contains(&"Refused"));
    assert_eq!(played.field("deal", "stage"), "qualified");
}

#[test]
fn the_director_decides_when_three_working_days_have_passed() {
    let played = DISCOUNT.play("late");
    assert_eq!(played.times("activated", "Approvals"), ["01-08T11:00"]);
    assert_eq!(played.times("triggered", "DayPassed"), ["01-09T11:00"]);
    // From Thursday over the weekend.
    assert_eq!(
        played.times("triggered", "ThreeDaysPassed"),
        ["01-13T11:00"]
    );
    assert_eq!(played.times("completed", "Director"), ["01-13T13:00"]);
    assert_eq!(played.field("deal", "amount"), 42416);
}

#[test]
fn a_small_discount_needs_nobody() {
    let played = DISCOUNT.play("small");
    for approver in ["Finance", "Legal", "Vote"] {
        assert_eq!(played.times("activated", approver), [""; 0], "{approver}");
    }
    assert!(played.elements("taken").contains(&"Nobody"));
    assert_eq!(played.field("deal", "amount"), 45790);
}

#[test]
fn the_manager_steps_in_while_the_request_waits_for_its_client() {
    let played = REQUEST.play("answered");
    assert_eq!(played.times("activated", "WaitForClient"), ["01-05T12:00"]);
    // The process raises the priority, and so makes its own condition true.
    assert_eq!(played.times("completed", "RaisePriority"), ["01-06T10:00"]);
    assert_eq!(played.times("triggered", "BecameUrgent"), ["01-06T10:00"]);
    assert_eq!(played.times("completed", "LookAfter"), ["01-06T11:00"]);
    assert_eq!(played.times("triggered", "ClientAnswered"), ["01-07T09:00"]);
    assert_eq!(played.times_completed("Work"), 2);
    assert_eq!(played.field("case", "status"), "closed");
    assert_eq!(played.field("case", "resolution"), "Thermostat replaced");
}

#[test]
fn a_request_whose_client_is_silent_for_three_working_days_is_closed() {
    let played = REQUEST.play("silent");
    assert_eq!(played.times("activated", "WaitForClient"), ["01-08T12:00"]);
    // From Thursday over the weekend.
    assert_eq!(
        played.times("triggered", "ThreeWorkingDays"),
        ["01-13T12:00"]
    );
    assert_eq!(played.times("triggered", "ClientAnswered"), [""; 0]);
    assert_eq!(played.times("terminated", "LookAfter"), ["01-13T12:00"]);
    assert_eq!(
        played.field("case", "resolution"),
        "The client did not answer: Which model is it?"
    );
}

#[test]
fn a_client_who_withdraws_an_urgent_request_ends_the_work_on_it() {
    let played = REQUEST.play("withdrawn");
    assert_eq!(played.times("triggered", "BecameUrgent"), ["01-05T10:00"]);
    let ended = played.elements("terminated");
    assert!(
        ended.contains(&"Work") && ended.contains(&"LookAfter"),
        "{ended:?}"
    );
    assert_eq!(played.times("triggered", "Withdrawn"), ["01-05T14:00"]);
    assert_eq!(played.elements("sent"), ["Confirm"]);
    assert_eq!(
        played.field("case", "resolution"),
        "Withdrawn by the client."
    );
}
