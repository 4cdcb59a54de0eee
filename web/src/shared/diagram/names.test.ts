import { describe, expect, it } from "vitest";
import { calledDecisions } from "./names.ts";

const task = (id: string, decision: string) => `<b:businessRuleTask id="${id}" name=" Choose
  the carrier "><b:extensionElements><z:calledDecision decisionId="${decision}" resultVariable="r"/></b:extensionElements></b:businessRuleTask>`;
const xml = `<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0"><b:process id="p">${task("Fixed", " carrier ")}${task("Computed", "=which")}</b:process></b:definitions>`;

describe("a diagram", () => {
  it("says which decision a business rule task asks, where that is known before it runs", () => {
    expect(calledDecisions(xml)).toEqual({ Fixed: "carrier" });
    expect(calledDecisions("")).toEqual({});
    expect(calledDecisions("<broken calledDecision")).toEqual({});
  });
});
