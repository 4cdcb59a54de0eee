/** The kinds of element that a diagram is made of, by their names in BPMN XML; an event sub-process is a kind of its own. */
export const KINDS = [
  "startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent",
  "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "callActivity",
  "exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway",
  "subProcess", "eventSubProcess", "transaction", "adHocSubProcess",
  "sequenceFlow", "messageFlow", "participant", "process", "lane",
] as const;
export type Kind = (typeof KINDS)[number];

/** What events wait for or throw. */
export const TRIGGERS = ["none", "timer", "message", "signal", "condition", "error", "escalation", "compensation", "cancel", "terminate", "link", "record", "job", "multiple", "parallelMultiple"] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** How often an activity is done. */
export type Repeats = "loop" | "parallel" | "sequential";

/** An element as its diagram has it. */
export interface Element {
  kind: Kind;
  /** Its name in one line; null where it has none. */
  name: string | null;
  /** Of events only. */
  trigger: Trigger | null;
  /** An event that leaves alone what it is attached to, or what runs around its event sub-process. */
  nonInterrupting: boolean;
  repeats: Repeats | null;
  /** The activity to which a boundary event is attached. */
  attachedTo: string | null;
  /** The id of the process that a call activity calls, where it is known before it runs. */
  calls: string | null;
  /** A sub-process that is drawn with what is in it. */
  open: boolean;
  /** The outermost collapsed sub-process that hides it. */
  hiddenIn: string | null;
}

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const BPMN_DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const ZEEBE = "http://camunda.org/schema/zeebe/1.0";
const EVENTS: ReadonlySet<string> = new Set(["startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "endEvent"]);
const CONTAINERS: ReadonlySet<string> = new Set(["subProcess", "transaction", "adHocSubProcess"]);
const DEFINED: Record<string, Trigger> = {
  timerEventDefinition: "timer",
  messageEventDefinition: "message",
  signalEventDefinition: "signal",
  conditionalEventDefinition: "condition",
  errorEventDefinition: "error",
  escalationEventDefinition: "escalation",
  compensateEventDefinition: "compensation",
  cancelEventDefinition: "cancel",
  terminateEventDefinition: "terminate",
  linkEventDefinition: "link",
};
const isKind = (name: string): name is Kind => (KINDS as readonly string[]).includes(name);

/** A sequence flow, and what it asks before it is taken. */
export interface Flow {
  source: string;
  target: string;
  name: string | null;
  /** The text of its condition. */
  condition: string | null;
  isDefault: boolean;
}

/** What a diagram has, by id. */
export interface Content {
  flows: Record<string, Flow>;
  elements: Record<string, Element>;
  /** The names of all that has one, messages and data too. */
  names: Record<string, string>;
}

/** What a diagram has, as its XML says; nothing where it cannot be read. */
export function readDiagram(xml: string): Content {
  if (xml === "") return { elements: {}, names: {}, flows: {} };
  const document = new DOMParser().parseFromString(xml, "text/xml");
  const drawn = (expanded: string) => new Set([...document.getElementsByTagNameNS(BPMN_DI, "BPMNShape")].filter((shape) => shape.getAttribute("isExpanded") === expanded).map((shape) => shape.getAttribute("bpmnElement") ?? ""));
  const [open, collapsed] = [drawn("true"), drawn("false")];
  const definitions = new Map([...document.querySelectorAll("definitions > [id]")].map((one) => [one.getAttribute("id") ?? "", one.localName]));
  const elements: Record<string, Element> = {};
  const names: Record<string, string> = {};
  const flows: Record<string, Flow> = {};
  const defaults = new Set([...document.querySelectorAll("[default]")].map((node) => node.getAttribute("default")));
  for (const node of document.getElementsByTagNameNS(BPMN, "*")) {
    const id = node.getAttribute("id");
    const name = node.getAttribute("name")?.replace(/\s+/g, " ").trim() || null;
    if (id && name) names[id] = name;
    const kind = node.localName === "subProcess" && node.getAttribute("triggeredByEvent") === "true" ? "eventSubProcess" : node.localName;
    if (!id || !isKind(kind)) continue;
    if (kind === "sequenceFlow") {
      const condition = children(node, "conditionExpression")[0]?.textContent?.trim().replace(/^=\s*/, "").replace(/\s+/g, " ") || null;
      flows[id] = { source: node.getAttribute("sourceRef") ?? "", target: node.getAttribute("targetRef") ?? "", name, condition, isDefault: defaults.has(id) };
    }
    const event = EVENTS.has(kind);
    elements[id] = {
      kind,
      name,
      trigger: event ? triggerOf(node, definitions) : null,
      nonInterrupting: event && (node.getAttribute("cancelActivity") === "false" || node.getAttribute("isInterrupting") === "false"),
      repeats: repeatsOf(node),
      attachedTo: node.getAttribute("attachedToRef"),
      calls: kind === "callActivity" ? calledProcess(node) : null,
      open: CONTAINERS.has(node.localName) && open.has(id),
      hiddenIn: hiddenIn(node, collapsed),
    };
  }
  return { elements, names, flows };
}

const children = (node: globalThis.Element, name: string) => [...node.children].filter((child) => child.namespaceURI === BPMN && child.localName === name);
const extension = (node: globalThis.Element, name: string) => children(node, "extensionElements")[0]?.getElementsByTagNameNS(ZEEBE, name)[0];

function triggerOf(node: globalThis.Element, definitions: Map<string, string>): Trigger {
  const own = [...node.children].map((child) => child.localName);
  // A definition may stand in the event itself, or be referred to by a prefixed or plain name.
  const referred = children(node, "eventDefinitionRef").map((ref) => definitions.get(ref.textContent?.trim().split(":").at(-1) ?? "") ?? "");
  const triggers = [...own, ...referred].flatMap((name) => DEFINED[name] ?? []);
  const properties = [...(extension(node, "properties")?.children ?? [])];
  if (properties.some((property) => property.getAttribute("name") === "redthread:on")) return "record";
  if (triggers.length > 1) return node.getAttribute("parallelMultiple") === "true" ? "parallelMultiple" : "multiple";
  if ((triggers[0] === undefined || triggers[0] === "message") && extension(node, "taskDefinition")) return "job";
  return triggers[0] ?? "none";
}

function repeatsOf(node: globalThis.Element): Repeats | null {
  const many = children(node, "multiInstanceLoopCharacteristics")[0];
  if (many) return many.getAttribute("isSequential") === "true" ? "sequential" : "parallel";
  return children(node, "standardLoopCharacteristics").length > 0 ? "loop" : null;
}

function calledProcess(node: globalThis.Element): string | null {
  const id = (extension(node, "calledElement")?.getAttribute("processId") ?? node.getAttribute("calledElement"))?.trim();
  return id && !id.startsWith("=") ? id : null;
}

function hiddenIn(node: globalThis.Element, collapsed: Set<string>): string | null {
  let outermost: string | null = null;
  for (let around = node.parentElement; around; around = around.parentElement) {
    const id = around.getAttribute("id");
    if (id && CONTAINERS.has(around.localName) && collapsed.has(id)) outermost = id;
  }
  return outermost;
}

/** Whether a modeler made this id up, as "Activity_0x3fk1": nobody would call an element so. */
export function isMadeUp(id: string): boolean {
  return /^[A-Za-z]+_\w+$/.test(id);
}
