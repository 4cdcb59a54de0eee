//! Texts compare alike on every database, whatever language it sorts by: byte by byte, and without regard to case only
//! among ASCII letters or where a column in small letters is kept for that.

use crate::house::House;
use redthread_crm::{Filter, Kind, Op, Query, Scope, Sort, records};
use serde_json::{Value as Json, json};

async fn names(house: &House, filters: Vec<Filter>, sort: &str, limit: u32) -> Vec<String> {
    let mut query = Query {
        filters,
        sort: vec![Sort(sort.to_owned(), false)],
        limit,
        ..Query::default()
    };
    let mut names = Vec::new();
    loop {
        let page = records::list(&house.db, &Scope::system(), Kind::Account, &query)
            .await
            .unwrap();
        names.extend(page.records.into_iter().map(|record| record.title));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return names,
        }
    }
}

fn only(field: &str, op: Op, value: Json) -> Vec<Filter> {
    let field = field.to_owned();
    vec![Filter { field, op, value }]
}

async fn house_with_accounts() -> House {
    let house = House::new().await;
    for (name, industry) in [
        ("Zebra", Some("b")),
        ("Ärger", Some("A")),
        ("apple", Some("_x")),
        ("Banana Ltd", Some("a")),
        ("banana-split", Some("Ä")),
        ("яблоко", None),
        ("Ёлка", Some("B")),
    ] {
        let account = json!({ "name": name, "industry": industry });
        house.create(Kind::Account, account).await;
    }
    house
}

#[tokio::test]
async fn lists_are_in_the_order_of_bytes_page_by_page() {
    let house = house_with_accounts().await;
    let by_name = [
        "apple",
        "Banana Ltd",
        "banana-split",
        "Zebra",
        "Ärger",
        "яблоко",
        "Ёлка",
    ];
    // What has no industry comes last.
    let by_industry = [
        "Ärger",
        "Ёлка",
        "apple",
        "Banana Ltd",
        "Zebra",
        "banana-split",
        "яблоко",
    ];
    for limit in [1, 2, 50] {
        assert_eq!(names(&house, Vec::new(), "name", limit).await, by_name);
        assert_eq!(
            names(&house, Vec::new(), "industry", limit).await,
            by_industry
        );
    }
}

#[tokio::test]
async fn comparisons_go_by_bytes_and_parts_are_found_in_any_case_that_people_write() {
    let house = house_with_accounts().await;
    let found = async |field, op, value| names(&house, only(field, op, value), "name", 50).await;
    assert_eq!(
        found("industry", Op::Lt, json!("a")).await,
        ["apple", "Ärger", "Ёлка"]
    );
    assert_eq!(found("industry", Op::Eq, json!("a")).await, ["Banana Ltd"]);
    assert_eq!(
        found("name", Op::Contains, json!("bANana")).await,
        ["Banana Ltd", "banana-split"]
    );
    assert_eq!(found("name", Op::Contains, json!("ёлк")).await, ["Ёлка"]);
    assert_eq!(found("name", Op::Contains, json!("ЯБЛ")).await, ["яблоко"]);
    assert_eq!(found("industry", Op::Contains, json!("_")).await, ["apple"]);
}
