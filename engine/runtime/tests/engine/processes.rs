//! Starting, tasks, jobs of workers, what lists and cards show.

use redthread_core::{Command, Rejection};
use redthread_runtime::{
    InstanceFilter, InstanceStatus, PageRequest, RuntimeError, TaskFilter, TaskState, TaskView,
    VisitState,
};

use crate::diagrams::{process, service_task, user_task};
use crate::house::{House, ann, texts};

pub fn review() -> Vec<u8> {
    process(
        "review",
        &format!(
            "<startEvent id=\"Begin\"/>
             {}
             <exclusiveGateway id=\"Decide\" default=\"Decide_Good\"/>
             {}
             <endEvent id=\"Good\"/>
             <endEvent id=\"Mended\"/>
             Begin -> Read
             Read -> Decide
             Decide -> Good
             Decide -> Mend if verdict = \"bad\"
             Mend -> Mended",
            user_task("Read", "ann"),
            user_task("Mend", "=who")
        ),
    )
}

#[tokio::test]
async fn a_task_is_done_and_the_next_one_appears_at_whoever_is_next() {
    let house = House::with(review()).await;
    let instance = house.start("review", &[("who", "bob")]).await;
    assert_eq!(house.standing(instance).await, ["Read"]);
    assert_eq!(house.tasks(TaskView::Mine("bob".into())).await, []);

    house.complete("Read", &[("verdict", "bad")]).await;
    let [task] = &house.tasks(TaskView::Mine("bob".into())).await[..] else {
        panic!("bob has no task")
    };
    assert_eq!((&*task.name, &*task.process_name), ("Mend it", "review"));
    let thread = &task.thread;
    let done: Vec<(&str, Option<&str>)> = thread
        .done
        .iter()
        .map(|d| (&*d.name, d.by.as_deref()))
        .collect();
    assert_eq!(done, [("Begin", None), ("Read it", Some("ann"))]);
    assert_eq!(thread.now[0].who.as_deref(), Some("bob"));
    assert_eq!(
        thread
            .next
            .iter()
            .map(|n| (&*n.name, n.certain))
            .collect::<Vec<_>>(),
        [("Mended", true)]
    );
    assert_eq!((thread.position, thread.total), (3, 4));

    house.complete("Mend", &[]).await;
    assert_eq!(house.status(instance).await, "completed");
    let done = TaskFilter {
        state: TaskState::Done,
        ..TaskFilter::open(TaskView::All)
    };
    let done = house
        .runtime
        .queries()
        .tasks(&done, &PageRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(
        done.iter()
            .map(|t| (&*t.element, t.state))
            .collect::<Vec<_>>(),
        [("Mend", TaskState::Done), ("Read", TaskState::Done)]
    );
    assert_eq!(done[0].ended_by, Some(ann()));
    house.close().await;
}

#[tokio::test]
async fn a_task_can_be_done_once() {
    let house = House::with(review()).await;
    house.start("review", &[]).await;
    let task = house.task("Read").await;
    house
        .runtime
        .complete_task(
            task,
            redthread_core::Holder::Anyone,
            texts(&[("verdict", "good")]),
            ann(),
        )
        .await
        .unwrap();
    let again = house
        .runtime
        .complete_task(task, redthread_core::Holder::Anyone, texts(&[]), ann())
        .await
        .unwrap_err();
    assert!(
        matches!(again, RuntimeError::Rejected(Rejection::Ended(_))),
        "{again}"
    );
    let nowhere = house
        .runtime
        .complete_task(
            redthread_core::Key(7),
            redthread_core::Holder::Anyone,
            texts(&[]),
            ann(),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(nowhere, RuntimeError::Unknown { what: "task", .. }),
        "{nowhere}"
    );
    house.close().await;
}

#[tokio::test]
async fn the_map_counts_who_stands_where_and_what_comes_next_may_be_uncertain() {
    let house = House::with(review()).await;
    let first = house.start("review", &[("who", "bob")]).await;
    house.start("review", &[("who", "bob")]).await;
    let task = house.tasks(TaskView::All).await[0].clone();
    assert_eq!(
        task.thread
            .next
            .iter()
            .map(|n| (&*n.name, n.certain))
            .collect::<Vec<_>>(),
        [("Good", false), ("Mend it", false)]
    );
    house
        .runtime
        .complete_task(
            task.key,
            redthread_core::Holder::Anyone,
            texts(&[("verdict", "bad")]),
            ann(),
        )
        .await
        .unwrap();
    let definition = house
        .runtime
        .queries()
        .definitions()
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (definition.open, definition.versions, definition.can_start),
        (2, 1, true)
    );
    let map = house
        .runtime
        .queries()
        .map(definition.latest.key)
        .await
        .unwrap();
    assert_eq!(map.open, 2);
    assert_eq!(map.elements["Read"].waiting, 1);
    assert_eq!(map.elements["Mend"].waiting, 1);

    let at_mend = InstanceFilter {
        element: Some("Mend".into()),
        ..InstanceFilter::default()
    };
    let found = house
        .runtime
        .queries()
        .instances(&at_mend, &PageRequest::default())
        .await
        .unwrap();
    assert_eq!(
        found.items.iter().map(|row| row.key).collect::<Vec<_>>(),
        [first]
    );
    house.close().await;
}

#[tokio::test]
async fn a_worker_does_jobs_that_no_connector_does() {
    let house = House::with(process(
        "pay",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n<boundaryEvent id=\"OnRefused\" attachedToRef=\"Pay\"><errorEventDefinition errorRef=\"Refused\"/></boundaryEvent>\n<endEvent id=\"Paid\"/>\n<endEvent id=\"Unpaid\"/>\nS -> Pay\nPay -> Paid\nOnRefused -> Unpaid",
            service_task("Pay", "bank")
        ),
    ))
    .await;
    let queries = house.runtime.queries();
    let (paid, refused) = (
        house.start("pay", &[("sum", "10")]).await,
        house.start("pay", &[]).await,
    );
    let jobs = queries.jobs_for_workers(Some("bank"), 10).await.unwrap();
    assert_eq!(
        jobs.iter()
            .map(|job| (job.instance, job.retries))
            .collect::<Vec<_>>(),
        [(paid, 3), (refused, 3)]
    );
    assert_eq!(jobs[0].variables, texts(&[("sum", "10")]));

    house
        .runtime
        .fail_job(jobs[0].key, "no answer".into(), 0, None, ann())
        .await
        .unwrap();
    let incident = queries.incidents(paid).await.unwrap().remove(0);
    assert_eq!(
        (&*incident.code, &*incident.message),
        ("jobFailed", "no answer")
    );
    let stuck = InstanceFilter {
        status: Some(InstanceStatus::Incident),
        ..InstanceFilter::default()
    };
    assert_eq!(
        queries
            .instances(&stuck, &PageRequest::default())
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    house.runtime.retry(incident.key, ann()).await.unwrap();
    house
        .runtime
        .complete_job(jobs[0].key, texts(&[("receipt", "r1")]), ann())
        .await
        .unwrap();
    assert_eq!(house.status(paid).await, "completed");
    assert_eq!(
        house.variable(paid, "receipt").await.as_deref(),
        Some("\"r1\"")
    );

    house
        .runtime
        .throw_error(jobs[1].key, "REFUSED".into(), None, texts(&[]), ann())
        .await
        .unwrap();
    assert_eq!(house.completed(refused).await, ["S", "OnRefused", "Unpaid"]);
    house.close().await;
}

#[tokio::test]
async fn a_manager_steps_in_with_reasons_that_are_kept() {
    let house = House::with(review()).await;
    let instance = house.start("review", &[("who", "bob")]).await;
    let task = house.task("Read").await;
    let runtime = &house.runtime;
    runtime
        .assign_task(
            task,
            redthread_core::Holder::Anyone,
            Some("eve".into()),
            Some("Ann is away".into()),
            ann(),
        )
        .await
        .unwrap();
    assert_eq!(house.tasks(TaskView::Mine("eve".into())).await.len(), 1);
    assert_eq!(house.notices().await, ["Read it for eve"]);
    let reason = Some("typing error".to_owned());
    runtime
        .set_variables(
            instance,
            None,
            texts(&[("who", "zoe")]),
            reason.clone(),
            ann(),
        )
        .await
        .unwrap();
    runtime
        .comment(instance, "  Looks odd. ", ann())
        .await
        .unwrap();
    runtime
        .cancel(instance, Some("twice the same".into()), ann())
        .await
        .unwrap();

    let queries = runtime.queries();
    let steps = queries
        .history(instance, &PageRequest::default())
        .await
        .unwrap()
        .items;
    let commands: Vec<&Command> = steps.iter().skip(1).map(|step| &step.command).collect();
    assert!(
        matches!(commands[0], Command::AssignTask { reason: Some(why), .. } if why == "Ann is away")
    );
    assert!(matches!(commands[1], Command::SetVariables { reason: why, .. } if *why == reason));
    assert!(
        matches!(commands[2], Command::Cancel { reason: Some(why) } if why == "twice the same")
    );
    let trace = queries.trace(instance).await.unwrap();
    let visits: Vec<(&str, VisitState)> = trace
        .elements
        .iter()
        .map(|visit| (&*visit.element, visit.state))
        .collect();
    assert_eq!(
        visits,
        [
            ("Begin", VisitState::Completed),
            ("Read", VisitState::Terminated)
        ]
    );
    assert_eq!(trace.variables[0].changed_by, Some(ann()));
    assert_eq!(
        queries.comments(instance).await.unwrap()[0].text,
        "Looks odd."
    );
    assert_eq!(house.status(instance).await, "terminated");
    house.close().await;
}

#[tokio::test]
async fn a_team_sees_what_nobody_has_taken() {
    let task = "<userTask id=\"Sort\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups=\"support, sales\"/></extensionElements></userTask>";
    let house = House::with(process(
        "sort",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Sort\nSort -> E"),
    ))
    .await;
    house.start("sort", &[]).await;
    let team = |team: &str| TaskView::Team {
        login: "eve".into(),
        teams: vec![team.into()],
    };
    assert_eq!(house.tasks(team("support")).await.len(), 1);
    assert_eq!(house.tasks(team("stock")).await.len(), 0);
    let task = house.task("Sort").await;
    house
        .runtime
        .assign_task(
            task,
            redthread_core::Holder::Anyone,
            Some("eve".into()),
            None,
            ann(),
        )
        .await
        .unwrap();
    assert_eq!(house.tasks(team("support")).await.len(), 0);
    house
        .runtime
        .assign_task(task, redthread_core::Holder::Anyone, None, None, ann())
        .await
        .unwrap();
    assert_eq!(house.tasks(team("sales")).await.len(), 1);
    house.complete("Sort", &[]).await;
    house.close().await;
}

#[tokio::test]
async fn overdue_tasks_come_first_and_pages_neither_skip_nor_repeat() {
    let task = "<userTask id=\"Do\"><extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee=\"ann\"/><zeebe:taskSchedule dueDate=\"=if days = &quot;none&quot; then null else now() + duration(days)\"/></extensionElements></userTask>";
    let house = House::with(process(
        "due",
        &format!("<startEvent id=\"S\"/>\n{task}\nS -> Do\nDo -> E"),
    ))
    .await;
    for days in ["P3D", "P1D", "none", "P2D"] {
        house.start("due", &[("days", days)]).await;
    }
    house.pass("PT36H").await;
    let mut seen = Vec::new();
    let mut page = PageRequest {
        limit: 1,
        after: None,
    };
    loop {
        let filter = TaskFilter::open(TaskView::Mine("ann".into()));
        let got = house.runtime.queries().tasks(&filter, &page).await.unwrap();
        seen.extend(
            got.items
                .into_iter()
                .map(|task| (task.due.map(|due| due.to_string()), task.overdue)),
        );
        match got.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let due = |text: &str| Some(text.to_owned());
    assert_eq!(
        seen,
        [
            (due("2026-01-06T09:00:00Z"), true),
            (due("2026-01-07T09:00:00Z"), false),
            (due("2026-01-08T09:00:00Z"), false),
            (None, false)
        ]
    );
    let definition = house
        .runtime
        .queries()
        .definitions()
        .await
        .unwrap()
        .remove(0);
    assert_eq!(definition.overdue, 1);
    assert_eq!(
        house
            .runtime
            .queries()
            .map(definition.latest.key)
            .await
            .unwrap()
            .elements["Do"]
            .overdue,
        1
    );
    house.close().await;
}
