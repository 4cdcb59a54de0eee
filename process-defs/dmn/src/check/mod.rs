//! What analysts should know of a file that runs all the same.

mod file;
mod names;

pub(crate) use names::closest;

use crate::graph::File;
use crate::info::Used;
use crate::link::Sink;
use crate::model::Model;

/// Checks the file that is linked.
pub(crate) fn run(model: &Model, file: &File, used: &Used, sink: &mut Sink<'_>) {
    file::check(model, sink);
    names::check(model, file, used, sink);
}
