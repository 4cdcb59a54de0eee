//! Link events: each throw leads to one catch of the same process level (10.5.5.6).

use std::collections::HashSet;

use crate::draft::Draft;
use crate::links::{Links, Partner};
use redthread_xml::{Code, Problems};

pub(super) fn check(draft: &Draft<'_>, problems: &mut Problems) {
    for scope in draft.scopes() {
        pairs(draft, &Links::of(draft, scope), problems);
    }
}

fn pairs(draft: &Draft<'_>, links: &Links<'_>, problems: &mut Problems) {
    let sources: Vec<HashSet<String>> = links.catches.iter().map(|link| link.sources()).collect();
    let mut reached: HashSet<usize> = HashSet::new();
    let mut ambiguous: HashSet<&str> = HashSet::new();
    for (throw, partner) in links.throws.iter().zip(links.partners()) {
        let mut refuse = |message: String| {
            let hint = "Give the throwing event and exactly one catching event the same name.";
            problems.rule(draft.xml(throw.event), Code::BadLink, message, hint);
        };
        let partner = match partner {
            Partner::One(partner) => partner,
            Partner::Several => {
                refuse("The link leads to more than one catching event.".to_owned());
                ambiguous.insert(throw.name());
                continue;
            }
            Partner::None => {
                refuse(format!(
                    "The link “{}” leads to no catching event.",
                    throw.name()
                ));
                continue;
            }
        };
        reached.insert(partner);
        let sources = &sources[partner];
        let own = throw.definition.id().unwrap_or_default();
        if !sources.is_empty() && !sources.contains(own) {
            let catch = draft.node(links.catches[partner].event).id.as_deref();
            refuse(format!(
                "The link leads to “{}”, which names other links as its sources.",
                catch.unwrap_or_default()
            ));
        }
    }
    for (index, catch) in links.catches.iter().enumerate() {
        if !reached.contains(&index) && !ambiguous.contains(catch.name()) {
            problems.rule(
                draft.xml(catch.event),
                Code::BadLink,
                format!("No link leads to the catching event “{}”.", catch.name()),
                "Draw a throwing link event of the same name, or delete this one.",
            );
        }
    }
}
