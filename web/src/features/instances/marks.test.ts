import { describe, expect, it } from "vitest";
import { instanceBadges, instanceMarks } from "./marks.ts";

const visit = (element: string, state: "active" | "completed" | "terminated" | "incident") => ({ elementInstance: `${element}-${state}`, element, name: element, state, since: "2026-01-05T09:00:00Z", ended: null });
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

  it("counts where it stands more than once", () => {
    expect(instanceBadges({ elements: [visit("Call", "active"), { ...visit("Call", "active"), elementInstance: "2" }], incidents: [] }, t)).toMatchObject([{ kind: "now", text: "2" }]);
  });
});
