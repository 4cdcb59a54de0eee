//! `redthread doctor` on the command line: what it prints, and how it ends.

use std::time::Duration;

use redthread_test_database::TestDatabase;
use redthread_tests::program::{self, Ran};
use redthread_tests::served::Server;
use sea_orm::ConnectionTrait;
use serde_json::Value;

fn doctor(url: &str, more: &[&str]) -> Ran {
    let mut words = vec!["doctor", "--database", url];
    words.extend(more);
    program::run(&program::built(), &words, Duration::from_secs(60)).expect("the doctor runs")
}

fn lines(ran: &Ran) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).expect("a JSON object a line");
    ran.stdout.lines().map(read).collect()
}

#[tokio::test]
async fn the_doctor_tells_a_healthy_database_from_one_that_is_not_beside_a_running_server() {
    let place = TestDatabase::new().await;
    let _server = Server::start(place.url(), &[]);
    let healthy = doctor(place.url(), &[]);
    assert_eq!(healthy.code, Some(0), "{healthy:?}");
    assert!(healthy.stdout.ends_with("healthy\n"), "{healthy:?}");

    let vandal = place.connect().await;
    let orphan = "INSERT INTO timer (due, key, instance) VALUES (9000000000000000, 7, 8)";
    vandal.execute_unprepared(orphan).await.expect("an orphan");
    vandal.close().await.expect("it is let go of");
    let ill = doctor(place.url(), &["--json"]);
    assert_eq!(ill.code, Some(1), "{ill:?}");
    let [finding, sum] = &lines(&ill)[..] else {
        panic!("{ill:?}")
    };
    assert_eq!(
        (&finding["code"], &finding["table"]),
        (&"orphan".into(), &"timer".into())
    );
    assert_eq!(finding["key"], "9000000000000000,7");
    assert!(finding["message"].is_string() && finding["hint"].is_string());
    assert_eq!(
        (&sum["findings"], &sum["instances"]),
        (&1.into(), &0.into())
    );
    let ill = doctor(place.url(), &[]);
    assert!(
        ill.stdout.starts_with("orphan timer 9000000000000000,7: "),
        "{ill:?}"
    );
    assert!(ill.stdout.ends_with("1 finding\n"), "{ill:?}");
}

#[test]
fn what_is_no_database_of_ours_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing.db");
    let ran = doctor(&format!("sqlite:{}", missing.display()), &[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(!missing.exists(), "the doctor made a file");

    let other = folder.path().join("other.db");
    std::fs::write(&other, "").expect("a file");
    let ran = doctor(&format!("sqlite:{}", other.display()), &["--json"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{ran:?}");
    assert!(ran.stderr.contains("another version"), "{ran:?}");
    assert_eq!(
        std::fs::read(&other).expect("it is there"),
        b"",
        "the doctor wrote to it"
    );
    assert_eq!(doctor("mysql://nowhere", &[]).code, Some(2));
}
