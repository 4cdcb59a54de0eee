//! Customer records: kinds, fields, relations, access, timeline, search. Knows no BPMN.
