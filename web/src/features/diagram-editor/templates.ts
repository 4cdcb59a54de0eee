/**
 * Element templates for what a diagram can do to the records: the analyst fills in fields, the diagram
 * carries plain `zeebe:taskDefinition` and `zeebe:ioMapping`, so other modelers open it unchanged.
 * The job types and inputs are those of the connectors.
 */
const schema = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json";

const jobType = (type: string) => ({ type: "Hidden", value: type, binding: { type: "zeebe:taskDefinition", property: "type" } });
const input = (name: string, label: string, description: string, value?: string, required = true) => ({
  type: "Text",
  feel: "required",
  label,
  description,
  ...(value ? { value } : {}),
  binding: { type: "zeebe:input", name },
  ...(required ? { constraints: { notEmpty: true } } : { optional: true }),
});
const output = (source: string, label: string) => ({ type: "Text", label, value: source, binding: { type: "zeebe:output", source: `=${source}` } });

export const templates: object[] = [
  {
    $schema: schema,
    id: "redthread.crm.create-call",
    name: "Create a call",
    description: "Writes a call into somebody's calendar and waits until it is held or cancelled.",
    version: 1,
    appliesTo: ["bpmn:Task", "bpmn:ServiceTask"],
    elementType: { value: "bpmn:ServiceTask" },
    properties: [
      jobType("crm:create-call"),
      input("subject", "Subject", "What the call is about.", '="Call: " + case.subject'),
      input("after", "After", "How long from now, as a duration. Moved forward into working hours.", '=duration("P7D")'),
      input("assignee", "Who calls", "The login of the person.", "=case.owner.login"),
      input("wait", "Wait for the outcome", "false: the process goes on at once.", undefined, false),
      output("outcome", "Keep the outcome as"),
      output("note", "Keep the note as"),
    ],
  },
  {
    $schema: schema,
    id: "redthread.crm.update-record",
    name: "Change the record",
    description: "Changes fields of the record that the process is about.",
    version: 1,
    appliesTo: ["bpmn:Task", "bpmn:ServiceTask"],
    elementType: { value: "bpmn:ServiceTask" },
    properties: [jobType("crm:update-record"), input("changes", "Changes", "Field names with their new values.", '={status: "in_progress"}')],
  },
];
