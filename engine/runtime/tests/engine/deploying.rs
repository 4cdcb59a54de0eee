//! Deploying: versions, problems, drawings, forms.

use redthread_runtime::{RuntimeError, TaskView, UploadedFile};

use crate::diagrams::{file, process, user_task};
use crate::house::{House, ann};
use crate::processes::review;

#[tokio::test]
async fn the_next_version_is_for_new_instances_only() {
    let house = House::with(review()).await;
    let old = house.start("review", &[]).await;
    let shorter = process(
        "review",
        &format!(
            "<startEvent id=\"Begin\"/>\n{}\nBegin -> Skim\nSkim -> E",
            user_task("Skim", "ann")
        ),
    );
    house.deploy(shorter).await;
    let new = house.start("review", &[]).await;
    assert_eq!(house.standing(old).await, ["Read"]);
    assert_eq!(house.standing(new).await, ["Skim"]);
    let row = house
        .runtime
        .queries()
        .definitions()
        .await
        .unwrap()
        .remove(0);
    assert_eq!((row.latest.version, row.versions), (2, 2));
    let card = house
        .runtime
        .queries()
        .definition(row.latest.key)
        .await
        .unwrap();
    assert_eq!(
        card.versions
            .iter()
            .map(|v| (v.version, v.open))
            .collect::<Vec<_>>(),
        [(2, 1), (1, 1)]
    );
    house.close().await;
}

#[tokio::test]
async fn what_cannot_run_is_refused_with_its_problems_and_nothing_is_stored() {
    let house = House::new().await;
    let good = UploadedFile {
        name: "good.bpmn".into(),
        bytes: review(),
    };
    let bad = process(
        "bad",
        "<startEvent id=\"S\"/>\n<transaction id=\"T\"/>\nS -> T",
    );
    let bad = UploadedFile {
        name: "bad.bpmn".into(),
        bytes: bad,
    };
    let refused = house
        .runtime
        .deploy(vec![good, bad], ann())
        .await
        .unwrap_err();
    let RuntimeError::DiagramErrors(problems) = refused else {
        panic!("{refused}")
    };
    assert!(
        problems
            .iter()
            .any(|p| p.file == "bad.bpmn" && p.problem.element.as_deref() == Some("T")),
        "{problems:#?}"
    );
    assert_eq!(house.runtime.queries().definitions().await.unwrap(), []);
    house.close().await;
}

#[tokio::test]
async fn a_drawing_is_kept_and_cannot_be_started() {
    let house = House::with(file(
        "<process id=\"sketch\" name=\"A sketch\"><task id=\"A\"/></process>",
    ))
    .await;
    let row = house
        .runtime
        .queries()
        .definitions()
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (&*row.process_id, row.drawing, row.can_start),
        ("sketch", true, false)
    );
    let refused = house.try_start("sketch", &[]).await.unwrap_err();
    assert!(matches!(refused, RuntimeError::Drawing(_)), "{refused}");
    let unknown = house.try_start("nothing", &[]).await.unwrap_err();
    assert!(
        matches!(unknown, RuntimeError::UnknownProcess(_)),
        "{unknown}"
    );
    house.close().await;
}

#[tokio::test]
async fn a_task_shows_its_form_as_it_was_deployed_last() {
    let house = House::new().await;
    let task = "<userTask id=\"Fill\"><extensionElements><zeebe:userTask/><zeebe:formDefinition formId=\"sheet\"/><zeebe:assignmentDefinition assignee=\"ann\"/></extensionElements></userTask>";
    let diagram = process(
        "fill",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Fill\nFill -> E"),
    );
    let form = |title: &str| UploadedFile {
        name: "sheet.form".into(),
        bytes: format!(r#"{{"id": "sheet", "components": [], "title": "{title}"}}"#).into_bytes(),
    };
    let diagram = UploadedFile {
        name: "fill.bpmn".into(),
        bytes: diagram,
    };
    let deployed = house
        .runtime
        .deploy(vec![diagram, form("old")], ann())
        .await
        .unwrap();
    assert_eq!(
        (&*deployed.forms[0].id, deployed.definitions.len()),
        ("sheet", 1)
    );
    house.start("fill", &[("name", "Kim")]).await;
    house
        .runtime
        .deploy(vec![form("new")], ann())
        .await
        .unwrap();
    let task = house.tasks(TaskView::All).await.remove(0);
    let card = house.runtime.queries().task(task.key).await.unwrap();
    assert_eq!(card.form.unwrap()["title"], "new");
    assert_eq!(card.variables, crate::house::texts(&[("name", "Kim")]));
    let bad = UploadedFile {
        name: "sheet.form".into(),
        bytes: b"{\"id\": 1".to_vec(),
    };
    let refused = house.runtime.deploy(vec![bad], ann()).await.unwrap_err();
    assert!(
        matches!(refused, RuntimeError::DiagramErrors(_)),
        "{refused}"
    );
    house.close().await;
}

#[tokio::test]
async fn two_files_with_the_same_process_are_refused_together() {
    let house = House::new().await;
    let twin = |name: &str| UploadedFile {
        name: name.into(),
        bytes: review(),
    };
    let refused = house
        .runtime
        .deploy(vec![twin("a.bpmn"), twin("b.bpmn")], ann())
        .await
        .unwrap_err();
    let RuntimeError::DiagramErrors(problems) = refused else {
        panic!("{refused}")
    };
    let messages: Vec<&str> = problems
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| &*problem.problem.message)
        .collect();
    assert_eq!(
        messages,
        ["The process \"review\" is also in the file \"a.bpmn\"."]
    );
    house.close().await;
}

#[tokio::test]
async fn the_same_files_again_are_no_new_version_even_at_the_same_instant() {
    let house = House::new().await;
    let upload = || {
        let file = UploadedFile {
            name: "review.bpmn".into(),
            bytes: review(),
        };
        house.runtime.deploy(vec![file], ann())
    };
    let (first, second) = tokio::join!(upload(), upload());
    let (mut first, mut second) = (first.unwrap(), second.unwrap());
    // Either may have come first.
    if first.definitions[0].unchanged {
        std::mem::swap(&mut first, &mut second);
    }
    let (one, other) = (&first.definitions[0], &second.definitions[0]);
    assert_eq!((one.version, one.unchanged), (1, false));
    assert_eq!((other.version, other.unchanged), (1, true));
    assert_eq!(one.key, other.key);
    assert_eq!(second.deployment, None);
    let rows = crate::check::rows(house.runtime.database(), "SELECT key FROM deployment").await;
    assert_eq!(rows.len(), 1);
    house.close().await;
}
