//! BPMN's rules of structure: one file a rule family, for all elements, whether they run yet or not.
//! Rules about a single element's own content that only matter to its running stand where that
//! element is built.
//!
//! What harms nobody in a drawing is no error there: nearly all rules are of processes that run, or
//! of files in which one runs.

mod activities;
mod associations;
mod boundary;
mod calls;
mod collaboration;
mod connections;
mod data_sets;
mod event_data;
mod event_gateways;
mod expressions;
mod flow_lists;
mod flows;
mod gateways;
mod ids;
mod items;
mod links;
mod loops;
mod operations;
mod placement;
mod reach;
mod references;
mod root;
mod scopes;
mod triggers;
mod walk;

use crate::draft::Draft;
use crate::model::Model;
use redthread_xml::Problems;

/// Rules for every file, drawings too.
pub(crate) fn file(model: &Model, problems: &mut Problems) {
    root::check(model, problems);
    ids::check(model, problems);
    collaboration::check(model, problems);
    calls::check(model, problems);
    placement::file(model, problems);
    references::file(model, problems);
    if walk::runs(model) {
        expressions::file(model, problems);
        let tasks = model.tree().root().children();
        for task in tasks.filter(|node| walk::is_global_task(*node)) {
            items::check(model, task, problems);
            data_sets::check(model, task, problems);
        }
    }
}

/// Rules for a process that is to run.
pub(crate) fn process(draft: &Draft<'_>, problems: &mut Problems) {
    scopes::check(draft, problems);
    placement::process(draft, problems);
    flows::check(draft, problems);
    flow_lists::check(draft, problems);
    boundary::check(draft, problems);
    connections::check(draft, problems);
    reach::check(draft, problems);
    links::check(draft, problems);
    gateways::check(draft, problems);
    event_gateways::check(draft, problems);
    triggers::check(draft, problems);
    activities::check(draft, problems);
    loops::check(draft, problems);
    operations::check(draft, problems);
    event_data::check(draft, problems);
    let root = draft.model.at(draft.process.xml);
    items::check(draft.model, root, problems);
    data_sets::check(draft.model, root, problems);
    associations::check(draft, problems);
    expressions::process(draft, problems);
    references::process(draft, problems);
}
