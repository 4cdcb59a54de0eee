//! `zeebe:adHoc`: which activities of an ad-hoc sub-process are activated when it begins.

use redthread_feel::Expression;

use super::extension;
use crate::build::expression::expression;
use redthread_xml::{Code, NodeRef, Problems};

/// The expression that gives the ids of activities; the outer `None`: there is none.
pub(crate) fn active_elements(
    node: NodeRef<'_>,
    problems: &mut Problems,
) -> Option<Option<Expression>> {
    let ad_hoc = extension(node, "adHoc")?;
    if ["outputCollection", "outputElement"]
        .iter()
        .any(|attribute| ad_hoc.filled(attribute).is_some())
    {
        problems.error(
            ad_hoc,
            Code::NotSupported,
            "The results of an ad-hoc sub-process are not collected in a list yet.",
            "Let its activities set variables of their own, and remove outputCollection and outputElement.",
        );
    }
    let source = ad_hoc.filled("activeElementsCollection")?;
    Some(expression(
        ad_hoc,
        source,
        "The collection of active elements",
        problems,
    ))
}
