//! Which element instance an event that has occurred belongs to.

use redthread_core::Key;
use redthread_core::event::Event;
use redthread_core::state::InstanceState;

/// The element instance that begins because an event occurred: that of a start or boundary event.
pub(super) fn occurrence(event: &Event, later: &[Event]) -> Option<Key> {
    let Event::EventTriggered { element, scope } = event else {
        return None;
    };
    later.iter().find_map(|event| match event {
        Event::ElementActivating {
            element_instance,
            element: begun,
            scope: around,
            ..
        } if begun == element && around == scope => Some(*element_instance),
        _ => None,
    })
}

/// The element instance that the event belongs to, where it stands already: that of a catch event that was waiting.
pub(super) fn waiting_for(state: &InstanceState, element: &str, scope: Key) -> Option<Key> {
    state
        .children(scope)
        .find(|(_, child)| &*child.element == element)
        .map(|(key, _)| key)
}
