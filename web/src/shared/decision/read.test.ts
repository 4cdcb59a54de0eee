import { describe, expect, it } from "vitest";
import type { Problem } from "~/api/model.ts";
import { firstView } from "./DecisionBrowser.tsx";
import { decisionMarks } from "./marks.ts";
import { decisionPlaces, isDecisionFile, readDecisions } from "./read.ts";

const MODELS = ["http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20191111/MODEL/", "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"];

const file = (namespace = MODELS[4], extra = "") => `<?xml version="1.0"?>
<d:definitions xmlns:d="${namespace}" id="Defs" name="Triage" namespace="x">
  <d:inputData id="In" name="amount"/>
  <d:decision id="Priority" name="Priority of a case">
    <d:decisionTable id="Table">
      <d:input id="Col1" label="Amount"><d:inputExpression id="Expr"><d:text>amount</d:text></d:inputExpression></d:input>
      <d:input id="Col2"><d:inputExpression id="Expr2"><d:text> kind </d:text></d:inputExpression></d:input>
      <d:output id="Out" name="priority"/>
      <d:rule id="R1"><d:inputEntry id="C11"><d:text>1</d:text></d:inputEntry><d:inputEntry id="C12"><d:text>-</d:text></d:inputEntry><d:outputEntry id="C13"><d:text>"high"</d:text></d:outputEntry></d:rule>
      <d:rule id="R2"><d:description>why</d:description><d:inputEntry id="C21"><d:text>2</d:text></d:inputEntry><d:inputEntry id="C22"><d:text>-</d:text></d:inputEntry><d:outputEntry id="C23"><d:text>"low"</d:text></d:outputEntry></d:rule>
    </d:decisionTable>
  </d:decision>
  <d:decision id="Team" name="Team"><d:literalExpression id="Text"><d:text>"a"</d:text></d:literalExpression></d:decision>
  <d:decision id="Empty"/>
  ${extra}
</d:definitions>`;
const read = (xml = file()) => {
  const found = readDecisions(xml);
  if (!found) throw new Error("not read");
  return found;
};

describe("a file of decisions", () => {
  it.each(MODELS)("is read in the version of %s, and given to the viewer in the one that it knows", (namespace) => {
    const found = read(file(namespace));
    expect(found.decisions).toEqual([
      { id: "Priority", name: "Priority of a case", logic: "decisionTable", annotated: true },
      { id: "Team", name: "Team", logic: "literalExpression", annotated: false },
      { id: "Empty", name: "Empty", logic: null, annotated: false },
    ]);
    expect(found.xml).toContain(MODELS[2]);
  });

  it("has the annotations of its rules where the viewer looks for them", () => {
    const annotated = read(file().replace('<d:rule id="R1">', '<d:rule id="R1"><d:annotationEntry><d:text>large</d:text></d:annotationEntry><d:annotationEntry><d:text>urgent</d:text></d:annotationEntry>'));
    expect(annotated.xml).toMatch(/<d:rule id="R1"><d:description>large · urgent<\/d:description>/);
    expect(read().xml).not.toContain("large");
  });

  it("is told from a diagram by its name or its content", () => {
    expect(isDecisionFile("any.xml", file())).toBe(true);
    expect(isDecisionFile("broken.dmn", "<nothing")).toBe(true);
    expect(isDecisionFile("any.xml", '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>')).toBe(false);
    expect(isDecisionFile("a.bpmn", file())).toBe(false);
    expect(readDecisions("<nothing")).toBeNull();
  });

  it("shows its graph first if it has a drawn one, else its first decision, and the wanted one before both", () => {
    const drawn = read(file(MODELS[4], '<p:DMNDI xmlns:p="https://www.omg.org/spec/DMN/20230324/DMNDI/"><p:DMNDiagram><p:DMNShape dmnElementRef="Team"/></p:DMNDiagram></p:DMNDI>'));
    expect(drawn.drawn).toBe(true);
    expect(firstView(drawn)).toBeNull();
    expect(firstView(read())).toBe("Priority");
    expect(firstView(drawn, "Team")).toBe("Team");
    expect(firstView(drawn, "Gone")).toBeNull();
  });
});

describe("a place in a file", () => {
  const places = decisionPlaces(read());
  const at = { decision: "Priority", decisionName: "Priority of a case" };

  it("names the rule and the column of a cell", () => {
    expect(places.C21).toEqual({ ...at, rule: 2, column: "Amount" });
    expect(places.C13).toEqual({ ...at, rule: 1, column: "priority" });
  });

  it("names a column by its label, else its name, else its expression; a rule by its number", () => {
    expect(places.Expr).toEqual({ ...at, column: "Amount" });
    expect(places.Col2).toEqual({ ...at, column: "kind" });
    expect(places.R2).toEqual({ ...at, rule: 2 });
  });

  it("is the decision where there is nothing nearer", () => {
    expect(places.Table).toEqual(at);
    expect(places.Text).toEqual({ decision: "Team", decisionName: "Team" });
    expect(places.In).toBeUndefined();
  });
});

describe("problems of decisions", () => {
  const places = decisionPlaces(read());
  const problem = (element: string | null, severity: "error" | "warning", message: string): Problem => ({ element, severity, message, code: "badExpression" });
  const problems = [problem("C21", "warning", "Odd."), problem("R2", "error", "Wrong."), problem("C11", "warning", "Hm."), problem("Text", "warning", "Team."), problem(null, "error", "File.")];

  it("mark rules of the table that is shown; an error outweighs the warnings beside it", () => {
    expect(decisionMarks(problems, places, "Priority").rules).toEqual([{ rule: 1, kind: "warned", title: "Hm." }, { rule: 2, kind: "trouble", title: "Odd. Wrong." }]);
    expect(decisionMarks(problems, places, "Team").rules).toEqual([]);
  });

  it("mark the decisions of the graph", () => {
    expect(decisionMarks(problems, places, null).marks).toEqual({ Priority: ["trouble"], Team: ["warned"] });
  });
});
