//! The first start on an empty database: an administrator can sign in, with a password that is printed once. A server beside
//! it is refused.

use std::time::Duration;

use redthread_test_database::TestDatabase;
use redthread_tests::http::Client;
use redthread_tests::program;
use redthread_tests::served::Server;

#[test]
fn the_first_start_prints_a_password_that_lets_an_administrator_in_and_the_second_does_not() {
    let threads = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a thread");
    let place = threads.block_on(TestDatabase::new());
    let first = Server::start(place.url(), &[]);
    let password = first.first_password();
    let password = password.unwrap_or_else(|| panic!("no password in {:?}", first.printed()));
    let mut admin = Client::new(first.address());
    admin
        .sign_in("admin", &password)
        .expect("the administrator signs in");
    assert_eq!(admin.get("/api/users").expect("an answer").status, 200);
    assert!(
        Client::new(first.address())
            .sign_in("admin", "guess")
            .is_err()
    );
    let beside = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database",
        place.url(),
    ];
    let refused = program::run(&program::built(), &beside, Duration::from_secs(30));
    let refused = refused.expect("it runs");
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused
            .stderr
            .contains("Another server works with this database"),
        "{}",
        refused.stderr
    );
    assert_eq!(admin.get("/api/users").expect("an answer").status, 200);
    drop(first);

    let second = Server::start(place.url(), &[]);
    assert_eq!(second.first_password(), None, "{:?}", second.printed());
    Client::new(second.address())
        .sign_in("admin", &password)
        .expect("the password still holds");
}
