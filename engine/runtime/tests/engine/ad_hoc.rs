//! Ad-hoc sub-processes: people choose what is done.

use redthread_core::Rejection;
use redthread_runtime::RuntimeError;

use crate::diagrams::{process, user_task};
use crate::house::{House, ann, texts};

fn chosen_by_people() -> Vec<u8> {
    process(
        "help",
        &format!(
            "<startEvent id=\"S\"/>
             <adHocSubProcess id=\"Steps\" name=\"Possible steps\"><extensionElements><zeebe:properties><zeebe:property name=\"redthread:activation\" value=\"person\"/></zeebe:properties></extensionElements>{}{}{}<sequenceFlow id=\"Ask_Note\" sourceRef=\"Ask\" targetRef=\"Note\"/><completionCondition>=done = \"yes\"</completionCondition></adHocSubProcess>
             S -> Steps
             Steps -> E",
            user_task("Ask", "ann"),
            user_task("Look", "ann"),
            user_task("Note", "ann"),
        ),
    )
}

#[tokio::test]
async fn a_person_chooses_what_is_done_in_an_ad_hoc_sub_process() {
    let house = House::with(chosen_by_people()).await;
    let instance = house.start("help", &[("done", "no")]).await;
    let queries = || house.runtime.queries();
    let [steps] = &queries().can_activate(instance).await.unwrap()[..] else {
        panic!("nothing can be chosen")
    };
    assert_eq!(&*steps.element_name, "Possible steps");
    let ids: Vec<&str> = steps.elements.iter().map(|(id, _)| &**id).collect();
    assert_eq!(ids, ["Ask", "Look"]);
    let begin = async |elements: &[&str]| {
        let elements = elements.iter().map(|id| (*id).into()).collect();
        let variables = texts(&[("hint", "by phone")]);
        house
            .runtime
            .activate_elements(instance, steps.element_instance, elements, variables, ann())
            .await
    };
    begin(&["Look"]).await.unwrap();
    assert_eq!(house.standing(instance).await, ["Look"]);
    // What follows something else is not begun by itself, nor is half of what was asked for.
    let refused = begin(&["Ask", "Note"]).await.unwrap_err();
    assert!(
        matches!(
            refused,
            RuntimeError::Rejected(Rejection::NotActivatable { .. })
        ),
        "{refused}"
    );
    assert_eq!(house.standing(instance).await, ["Look"]);
    begin(&["Ask"]).await.unwrap();
    house.complete("Ask", &[]).await;
    assert_eq!(house.standing(instance).await, ["Look", "Note"]);
    house.complete("Note", &[("done", "yes")]).await;
    assert_eq!(house.status(instance).await, "completed");
    assert_eq!(queries().can_activate(instance).await.unwrap(), []);
    let late = begin(&["Ask"]).await.unwrap_err();
    assert!(
        matches!(late, RuntimeError::Rejected(Rejection::Ended(_))),
        "{late}"
    );
    house.close().await;
}
