//! A record keeps its number; a decision that changed gets a record of its own, and each names the other.

use polyglot::render::record::Status;

use super::{
    ACCEPTED, EVENTS, Given, ORDERS, PROPOSED, SESSIONS, SIMPLE_ORDERS, day, file, fresh, front, names, rendered,
    status,
};

#[test]
fn kinds_that_are_added_or_change_places_leave_the_numbers_as_they_are() {
    let first = fresh(&file(&[ORDERS, SESSIONS]), ACCEPTED);
    assert_eq!(names(&first), ["0001-orders.md", "0002-sessions.md", "README.md"]);
    let second = rendered(&file(&[EVENTS, SESSIONS, ORDERS]), &first, ACCEPTED);
    assert_eq!(names(&second), ["0001-orders.md", "0002-sessions.md", "0003-events.md", "README.md"]);
    assert_eq!(second["0002-sessions.md"], first["0002-sessions.md"]);
    let third = rendered(&file(&[SESSIONS, ORDERS, EVENTS]), &second, ACCEPTED);
    assert_eq!(third, second);
}

#[test]
fn a_kind_that_is_gone_is_deprecated_and_comes_back_under_its_number() {
    let first = fresh(&file(&[ORDERS, SESSIONS]), ACCEPTED);
    let without = rendered(&file(&[ORDERS]), &first, ACCEPTED);
    assert_eq!(names(&without), names(&first));
    assert_eq!(status(&without, "0002-sessions.md"), Status::Deprecated);
    assert!(without["0002-sessions.md"].contains("The requirements no longer have `sessions`."));
    assert!(without["README.md"].contains("| [Use Redis for sessions](0002-sessions.md) | deprecated |"));
    assert_eq!(rendered(&file(&[ORDERS]), &without, ACCEPTED), without);
    assert_eq!(rendered(&file(&[ORDERS, SESSIONS]), &without, ACCEPTED), first);
}

#[test]
fn another_database_supersedes_what_was_accepted() {
    let first = fresh(&file(&[ORDERS, SESSIONS]), ACCEPTED);
    let second = rendered(&file(&[SIMPLE_ORDERS, SESSIONS]), &first, ACCEPTED);
    assert_eq!(names(&second), ["0001-orders.md", "0002-sessions.md", "0003-orders.md", "README.md"]);
    assert_eq!(status(&second, "0001-orders.md"), Status::Superseded(3));
    assert_eq!(front(&second, "0001-orders.md").ids(), ["postgresql"]);
    assert_eq!(front(&second, "0003-orders.md").ids(), ["mysql"]);
    assert!(second["0001-orders.md"].contains("Superseded by [ADR-0003](0003-orders.md)."));
    assert!(second["0003-orders.md"].contains("Supersedes [ADR-0001](0001-orders.md)."));
    assert!(second["README.md"].contains("| superseded by [ADR-0003](0003-orders.md) | PostgreSQL 18 |"));
    let body = |page: &str| {
        let (_, rest) = page.split_once("<!-- polyglot:begin context").unwrap();
        rest.split_once("<!-- polyglot:begin links").unwrap().0.to_owned()
    };
    assert_eq!(body(&second["0001-orders.md"]), body(&first["0001-orders.md"]), "the body of a record is history");
    assert_eq!(rendered(&file(&[SIMPLE_ORDERS, SESSIONS]), &second, ACCEPTED), second);
    let back = rendered(&file(&[ORDERS, SESSIONS]), &second, ACCEPTED);
    assert_eq!(status(&back, "0003-orders.md"), Status::Superseded(4));
    assert_eq!(status(&back, "0001-orders.md"), Status::Superseded(3));
    assert!(back["0004-orders.md"].contains("Supersedes [ADR-0003](0003-orders.md)."));
    assert!(
        back["0003-orders.md"]
            .contains("Supersedes [ADR-0001](0001-orders.md).\nSuperseded by [ADR-0004](0004-orders.md).")
    );
}

#[test]
fn a_proposal_is_rewritten_and_figures_are_followed() {
    let proposed = fresh(&file(&[ORDERS]), PROPOSED);
    assert_eq!(status(&proposed, "0001-orders.md"), Status::Proposed);
    let other = rendered(&file(&[SIMPLE_ORDERS]), &proposed, PROPOSED);
    assert_eq!(names(&other), ["0001-orders.md", "README.md"]);
    assert_eq!(front(&other, "0001-orders.md").ids(), ["mysql"]);
    let accepted = rendered(&file(&[SIMPLE_ORDERS]), &other, ACCEPTED);
    assert_eq!(status(&accepted, "0001-orders.md"), Status::Accepted);
    let larger = rendered(&file(&[&SIMPLE_ORDERS.replace("20GB", "40GB")]), &accepted, PROPOSED);
    assert_eq!(names(&larger), names(&accepted));
    assert_eq!(status(&larger, "0001-orders.md"), Status::Accepted, "what was accepted stays accepted");
    assert!(larger["0001-orders.md"].contains("`data_size: 40GB`"));
}

#[test]
fn numbers_of_other_peoples_records_are_taken_and_stand_in_the_index() {
    let mut standing = super::Records::new();
    standing
        .insert("0007-use-rust.md".into(), "---\nstatus: \"accepted\"\ndate: 2025-01-02\n---\n# Use | Rust\n".into());
    let records = rendered(&file(&[ORDERS]), &standing, PROPOSED);
    assert_eq!(names(&records), ["0007-use-rust.md", "0008-orders.md", "README.md"]);
    assert_eq!(records["0007-use-rust.md"], standing["0007-use-rust.md"]);
    assert!(records["README.md"].contains("| 0007 | [Use \\| Rust](0007-use-rust.md) | accepted |  | 2025-01-02 |"));
}

#[test]
fn the_day_is_the_locks_or_else_the_one_given_and_stays() {
    let date = |records: &super::Records| front(records, "0001-orders.md").date;
    let text = file(&[ORDERS]);
    let on = |locked_on, date| Given { accepted: true, locked_on, date };
    assert_eq!(date(&fresh(&text, ACCEPTED)), None);
    assert!(!fresh(&text, ACCEPTED)["0001-orders.md"].contains("\ndate:"));
    let locked = fresh(&text, on(Some(day("2026-01-02")), Some(day("2026-03-04"))));
    assert_eq!(date(&locked).as_deref(), Some("2026-01-02"));
    let given = fresh(&text, on(None, Some(day("2026-03-04"))));
    assert_eq!(date(&given).as_deref(), Some("2026-03-04"));
    assert_eq!(rendered(&text, &given, ACCEPTED), given, "without a day it stays");
    assert_eq!(rendered(&text, &given, on(None, Some(day("2026-05-06")))), given, "nothing has changed");
    let larger = rendered(&text.replace("20GB", "40GB"), &given, on(None, Some(day("2026-05-06"))));
    assert_eq!(date(&larger).as_deref(), Some("2026-05-06"));
    assert_eq!(date(&rendered(&text, &given, on(Some(day("2026-01-02")), None))).as_deref(), Some("2026-01-02"));
}
