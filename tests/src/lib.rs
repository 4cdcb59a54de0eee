//! Whole-system tests in the words of BPMN and CRM; conformance runners.
