//! The thread: done, now, next.

use crate::diagrams::{process, user_task};
use crate::house::House;

impl House {
    /// `done > now > next?`, names between blanks; a `?` marks what a decision stands before.
    async fn thread(&self, instance: redthread_core::Key) -> String {
        let row = self.runtime.queries().instance_row(instance).await.unwrap();
        let thread = row.thread;
        let done: Vec<String> = thread
            .done
            .iter()
            .map(|done| done.element.to_string())
            .collect();
        let now: Vec<String> = thread
            .now
            .iter()
            .map(|now| now.element.to_string())
            .collect();
        let mark = |certain| if certain { "" } else { "?" };
        let next: Vec<String> = thread
            .next
            .iter()
            .map(|next| format!("{}{}", next.element, mark(next.certain)))
            .collect();
        let about = format!("{} of {}", thread.position, thread.total);
        format!(
            "{} > {} > {} ({about})",
            done.join(" "),
            now.join(" "),
            next.join(" ")
        )
    }
}

#[tokio::test]
async fn it_leads_into_sub_processes_and_out_of_them() {
    let inner = format!(
        "<subProcess id=\"Sub\"><startEvent id=\"In\"/>{}<endEvent id=\"Out\"/><sequenceFlow id=\"i1\" sourceRef=\"In\" targetRef=\"Inside\"/><sequenceFlow id=\"i2\" sourceRef=\"Inside\" targetRef=\"Out\"/></subProcess>",
        user_task("Inside", "ann")
    );
    let house = House::with(process(
        "deep",
        &format!(
            "<startEvent id=\"S\"/>\n{}\n{inner}\n{}\nS -> First\nFirst -> Sub\nSub -> Last\nLast -> E",
            user_task("First", "ann"),
            user_task("Last", "ann")
        ),
    ))
    .await;
    let instance = house.start("deep", &[]).await;
    assert_eq!(house.thread(instance).await, "S > First > Inside (2 of 6)");
    house.complete("First", &[]).await;
    assert_eq!(
        house.thread(instance).await,
        "S First > Inside > Out (3 of 6)"
    );
    house.complete("Inside", &[]).await;
    assert_eq!(
        house.thread(instance).await,
        "First Inside Out > Last > E (5 of 6)"
    );
    house.close().await;
}

#[tokio::test]
async fn a_loop_back_and_two_branches_at_once_do_not_confuse_it() {
    let house = House::with(process(
        "both",
        &format!(
            "<startEvent id=\"S\"/>
             <parallelGateway id=\"Fork\"/>
             {}
             {}
             <exclusiveGateway id=\"Good\" default=\"Good_Left\"/>
             <parallelGateway id=\"Join\"/>
             S -> Fork
             Fork -> Left
             Fork -> Right
             Left -> Good
             Good -> Left
             Good -> Join if good = \"yes\"
             Right -> Join
             Join -> E",
            user_task("Left", "ann"),
            user_task("Right", "ann")
        ),
    ))
    .await;
    let instance = house.start("both", &[]).await;
    assert_eq!(
        house.thread(instance).await,
        "S > Left Right > Left? E (2 of 3)"
    );
    house.complete("Left", &[("good", "no")]).await;
    house.complete("Right", &[]).await;
    assert_eq!(
        house.thread(instance).await,
        "S Left Right > Left > Left? E? (4 of 5)"
    );
    house.close().await;
}

#[tokio::test]
async fn what_undoes_a_transaction_leads_to_its_cancel_event_and_nowhere_else() {
    let inner = format!(
        "<startEvent id=\"In\"/>\n{}
         <boundaryEvent id=\"Undo\" attachedToRef=\"Book\"><compensateEventDefinition/></boundaryEvent>
         {}
         <association id=\"undoes\" sourceRef=\"Undo\" targetRef=\"Cancel\" associationDirection=\"One\"/>
         <endEvent id=\"NotToBeHad\"><cancelEventDefinition/></endEvent>
         In -> Book
         Book -> NotToBeHad",
        user_task("Book", "ann"),
        user_task("Cancel", "ann").replacen("<userTask ", "<userTask isForCompensation=\"true\" ", 1),
    );
    let house = House::with(process(
        "trip",
        &format!(
            "<startEvent id=\"S\"/> <transaction id=\"Trip\">{inner}
             </transaction>
             <boundaryEvent id=\"Off\" attachedToRef=\"Trip\"><cancelEventDefinition/></boundaryEvent>
             <endEvent id=\"NotBooked\"/>
             S -> Trip
             Trip -> E
             Off -> NotBooked"
        ),
    ))
    .await;
    let instance = house.start("trip", &[]).await;
    house.complete("Book", &[]).await;
    assert_eq!(
        house.thread(instance).await,
        "S Book > NotToBeHad Cancel > Off (3 of 5)"
    );
    house.close().await;
}
