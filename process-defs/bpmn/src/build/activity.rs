//! What BPMN allows on every activity (10.3): token quantities.

use crate::draft::Draft;
use redthread_xml::{Code, Problems};

/// More tokens than this at once are no process any more, but a way to stop the engine.
const TOKENS: u32 = 1_000;

/// How many tokens must have come before an activity begins, and how many go on (10.3.2).
pub(super) struct Quantities {
    pub(super) start: u32,
    pub(super) completion: u32,
}

/// Reads `startQuantity` and `completionQuantity`; what is too small has been refused with the rules of structure.
pub(super) fn quantities(
    draft: &Draft<'_>,
    index: usize,
    problems: &mut Problems,
) -> Option<Quantities> {
    let start = quantity(draft, index, "startQuantity", problems);
    let completion = quantity(draft, index, "completionQuantity", problems)?;
    if completion > TOKENS {
        problems.error(
            draft.xml(index),
            Code::NotSupported,
            format!("A completionQuantity of more than {TOKENS} does not run."),
            "Put the activity into a loop or a multi-instance sub-process.",
        );
        return None;
    }
    Some(Quantities {
        start: start?,
        completion,
    })
}

/// `xs:integer`, as long as it likes: nothing can count further than this anyway.
fn quantity(
    draft: &Draft<'_>,
    index: usize,
    attribute: &str,
    problems: &mut Problems,
) -> Option<u32> {
    let xml = draft.xml(index);
    let is_activity = draft.node(index).kind.is_activity();
    let Some(text) = xml.filled(attribute).filter(|_| is_activity) else {
        return Some(1);
    };
    let quantity = whole_number(text);
    if quantity.is_none() {
        problems.error(
            xml,
            Code::BadQuantity,
            format!(
                "The value of {attribute} is “{}”, but must be a whole number of 1 or more.",
                text.trim()
            ),
            "Write 1 or a larger number, or remove it.",
        );
    }
    quantity.map(|quantity| u32::try_from(quantity).unwrap_or(u32::MAX))
}

/// A whole number of 1 or more; one beyond what can be counted is as good as the largest that can be.
pub(super) fn whole_number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = digits.bytes().all(|byte| byte == b'0');
    (is_whole && !is_zero).then(|| digits.parse().unwrap_or(u64::MAX))
}
