//! The rules beyond single keys: what makes a conversation go wrong although every key is well written.

use crate::flow::diagnostic::Findings;
use crate::flow::read::Draft;

/// Every rule about one flow.
pub(crate) fn all(_draft: &Draft, _findings: &mut Findings) {}

/// Rules across the flows of a tenant.
pub fn check_set(
    _flows: &[(&crate::flow::Source, &crate::flow::model::Flow)],
) -> Vec<crate::flow::Diagnostic> {
    Vec::new()
}
