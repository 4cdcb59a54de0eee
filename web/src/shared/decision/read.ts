/** What a decision is made of, as far as the pages need to know it before the viewer is there. */
export interface DrawnDecision {
  id: string;
  name: string;
  /** What its logic is: "decisionTable", "literalExpression", "context" ..., null when it has none. */
  logic: string | null;
  /** Whether a rule of its table has a note. */
  annotated: boolean;
}

export interface DecisionFile {
  /** The file in the version that the viewer reads. */
  xml: string;
  decisions: DrawnDecision[];
  /** Whether the file says where the parts of its requirement graph stand. */
  drawn: boolean;
}

const MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/";
const PICTURE = "https://www.omg.org/spec/DMN/20191111/DMNDI/";
/** Namespaces of DMN 1.1, 1.2, 1.4 and 1.5. What the viewer draws means the same in all of them. */
const OTHER_MODELS = ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"];
const OTHER_PICTURES = ["http://www.omg.org/spec/DMN/20180521/DMNDI/", "https://www.omg.org/spec/DMN/20211108/DMNDI/", "https://www.omg.org/spec/DMN/20230324/DMNDI/"];

/** The boxed expressions of DMN 1.5, section 10. */
const LOGICS = ["decisionTable", "literalExpression", "context", "invocation", "list", "relation", "functionDefinition", "conditional", "for", "some", "every", "filter"];

const child = (element: Element, ...names: string[]): Element | undefined => [...element.children].find((one) => names.includes(one.localName));

/** Reads a .dmn file of any version that is deployed; null when it is no DMN at all. */
export function readDecisions(text: string): DecisionFile | null {
  let xml = text;
  for (const other of OTHER_MODELS) xml = xml.replaceAll(`"${other}"`, `"${MODEL}"`).replaceAll(`'${other}'`, `'${MODEL}'`);
  for (const other of OTHER_PICTURES) xml = xml.replaceAll(`"${other}"`, `"${PICTURE}"`).replaceAll(`'${other}'`, `'${PICTURE}'`);
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  if (root.localName !== "definitions" || root.namespaceURI !== MODEL) return null;
  if (describeRules(root)) xml = new XMLSerializer().serializeToString(root);
  const decisions = [...root.children]
    .filter((element) => element.localName === "decision")
    .map((element) => ({ id: element.getAttribute("id") ?? "", name: element.getAttribute("name") ?? element.getAttribute("id") ?? "", logic: child(element, ...LOGICS)?.localName ?? null, annotated: isAnnotated(element) }));
  return { xml, decisions, drawn: root.getElementsByTagNameNS(PICTURE, "DMNShape").length > 0 };
}

/** The viewer shows the description of a rule, and knows nothing of its annotations (DMN 1.2 and later): they become one. */
function describeRules(root: Element): boolean {
  let changed = false;
  for (const rule of root.getElementsByTagNameNS(MODEL, "rule")) {
    const notes = [...rule.children].filter((one) => one.localName === "annotationEntry").map((one) => (child(one, "text")?.textContent ?? "").trim()).filter(Boolean);
    if (notes.length === 0 || child(rule, "description")) continue;
    const description = root.ownerDocument.createElementNS(MODEL, root.prefix ? `${root.prefix}:description` : "description");
    description.textContent = notes.join(" · ");
    rule.prepend(description);
    changed = true;
  }
  return changed;
}

/** The viewer shows a rule's description beside it; a column of dashes says nothing. */
function isAnnotated(decision: Element): boolean {
  const table = child(decision, "decisionTable");
  return table !== undefined && [...table.children].some((rule) => rule.localName === "rule" && (child(rule, "description")?.textContent ?? "").trim() !== "");
}

/** The decision with this id in the text of a file. */
export function decisionElement(xml: string, id: string): Element | null {
  const root = new DOMParser().parseFromString(xml, "text/xml").documentElement;
  return [...root.children].find((element) => element.localName === "decision" && element.getAttribute("id") === id) ?? null;
}

/** Where in a file an element stands, as people say it. */
export interface Place {
  decision: string;
  decisionName: string;
  /** The rule, counted from 1. */
  rule?: number;
  /** What the column is called. */
  column?: string;
}

/** Places of everything inside decisions by id. */
export function decisionPlaces(file: DecisionFile): Record<string, Place> {
  const root = new DOMParser().parseFromString(file.xml, "text/xml").documentElement;
  const places: Record<string, Place> = {};
  for (const { id: decision, name: decisionName } of file.decisions) {
    const element = [...root.children].find((one) => one.localName === "decision" && one.getAttribute("id") === decision);
    if (!element) continue;
    const put = (one: Element, more: Partial<Place> = {}) => {
      const id = one.getAttribute("id");
      if (id) places[id] = { decision, decisionName, ...more };
    };
    for (const one of [element, ...element.getElementsByTagName("*")]) put(one);
    const table = child(element, "decisionTable");
    if (!table) continue;
    const columns = [...table.children].filter((one) => one.localName === "input" || one.localName === "output");
    const names = columns.map(columnName);
    for (const [i, column] of columns.entries()) for (const one of [column, ...column.getElementsByTagName("*")]) put(one, { column: names[i] });
    const rules = [...table.children].filter((one) => one.localName === "rule");
    for (const [i, rule] of rules.entries()) {
      put(rule, { rule: i + 1 });
      const cells = [...rule.children].filter((one) => one.localName === "inputEntry" || one.localName === "outputEntry");
      for (const [j, cell] of cells.entries()) put(cell, { rule: i + 1, column: names[j] });
    }
  }
  return places;
}

function columnName(column: Element): string {
  const expression = child(column, "inputExpression");
  return column.getAttribute("label") ?? column.getAttribute("name") ?? (expression ? (child(expression, "text")?.textContent ?? "") : "").trim();
}

/** Whether a file is DMN by its name or what it begins with. */
export function isDecisionFile(name: string, text: string): boolean {
  return /\.dmn$/i.test(name) || (!/\.bpmn$/i.test(name) && readDecisions(text) !== null);
}

export { child, LOGICS };
