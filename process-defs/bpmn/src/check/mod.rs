//! BPMN's rules of structure: one file a rule family. Rules about a single element's own content
//! stand where that element is built.

mod boundary;
mod connections;
mod flows;
mod ids;
mod reach;
mod root;
mod scopes;

use crate::draft::Draft;
use crate::model::Model;
use redthread_xml::Problems;

/// Rules for every file, drawings too.
pub(crate) fn file(model: &Model, problems: &mut Problems) {
    root::check(model, problems);
    ids::check(model, problems);
}

/// Rules for a process that is to run.
pub(crate) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    scopes::check(draft, problems);
    flows::check(draft, problems);
    boundary::check(draft, problems);
    connections::check(draft, problems);
    reach::check(draft, problems);
}
