import { describe, expect, it } from "vitest";
import { instanceBadges, instanceMarks, ownVisits } from "./marks.ts";

const visit = (element: string, state: "active" | "completed" | "terminated" | "incident") => ({ elementInstance: `${element}-${state}`, element, name: element, state, scope: "instance", since: "2026-01-05T09:00:00Z", ended: null });
const t = (key: string) => key;

describe("the map of an instance", () => {
  it("shows the way that was gone green, where it stands in madder, what broke off as never run", () => {
    const marks = instanceMarks({ elements: [visit("Start", "completed"), visit("Call", "active"), visit("Wait", "terminated")], flowsTaken: ["f1"], incidents: [] });
    expect(marks).toEqual({ Start: ["done"], Call: ["now"], Wait: ["never"], f1: ["done"] });
  });

  it("shows an element that a loop came back to as it is now", () => {
    expect(instanceMarks({ elements: [visit("Call", "active"), visit("Call", "completed")], flowsTaken: [], incidents: [] }).Call).toEqual(["now"]);
  });

  it("shows what is stuck, with a triangle that says why", () => {
    const stuck = { elements: [visit("Call", "active")], flowsTaken: [], incidents: [{ key: "1", code: "noFlow", element: "Call", elementName: "Call", message: "No way fits.", since: "2026-01-05T09:00:00Z" }] };
    expect(instanceMarks(stuck).Call).toEqual(["trouble"]);
    expect(instanceBadges(stuck, t)).toMatchObject([{ element: "Call", kind: "incident", title: "No way fits." }]);
  });

  it("shows what is stuck in a collapsed sub-process on it too, once", () => {
    const incident = (key: string) => ({ key, code: "noFlow", element: "Call", elementName: "Call", message: "No way fits.", since: "2026-01-05T09:00:00Z" });
    const stuck = { elements: [visit("Sub", "active"), visit("Call", "active")], flowsTaken: [], incidents: [incident("1"), incident("2")] };
    const hidden = { Call: { hiddenIn: "Sub", open: false }, Sub: { hiddenIn: null, open: false } };
    expect(instanceMarks(stuck, hidden).Sub).toEqual(["trouble"]);
    expect(instanceBadges(stuck, t, hidden)).toMatchObject([{ element: "Call", text: "2", title: "No way fits." }, { element: "Sub", text: "2" }]);
  });

  it("frames a sub-process that is drawn open: it stands at what is in it", () => {
    const drawn = { Sub: { hiddenIn: null, open: true }, Call: { hiddenIn: null, open: false } };
    expect(instanceMarks({ elements: [visit("Sub", "active"), visit("Call", "active")], flowsTaken: [], incidents: [] }, drawn)).toEqual({ Sub: ["around"], Call: ["now"] });
  });

  it("counts where it stands more than once", () => {
    expect(instanceBadges({ elements: [visit("Call", "active"), { ...visit("Call", "active"), elementInstance: "2" }], incidents: [] }, t)).toMatchObject([{ kind: "now", text: "2" }]);
  });
});

describe("what is done several times", () => {
  const body = { ...visit("Ask", "active"), elementInstance: "body", scope: "instance" };
  const inner = (name: string, state: "active" | "completed") => ({ ...visit("Ask", state), elementInstance: name, scope: "body" });

  it("is counted once for each, and not once more for the whole", () => {
    const elements = [body, inner("a", "active"), inner("b", "active"), inner("c", "completed")];
    expect(instanceBadges({ elements, incidents: [] }, t)).toMatchObject([{ element: "Ask", text: "2" }]);
    expect(ownVisits(elements).map((one) => one.elementInstance)).toEqual(["a", "b", "c"]);
  });

  it("stands there as a whole between two that are done one after the other", () => {
    expect(ownVisits([body, inner("a", "completed")]).map((one) => one.elementInstance)).toEqual(["body", "a"]);
  });

  it("may be a sub-process in itself: what stands in it is another element", () => {
    const inside = { ...visit("Write", "active"), elementInstance: "w", scope: "a" };
    expect(ownVisits([body, inner("a", "active"), inside]).map((one) => one.elementInstance)).toEqual(["a", "w"]);
  });
});
