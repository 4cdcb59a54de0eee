import { describe, expect, it, vi } from "vitest";
import type { Problem } from "~/api/model.ts";
import { type Badge, badgeElement, badgePosition, halfway, mapBadges, mapMarks, problemMarks, problemsByElement, shownCounts } from "./badges.ts";

const t = (key: string, params?: Record<string, unknown>) => `${key} ${params?.count ?? ""}`.trim();
const problem = (element: string | null, severity: "error" | "warning", message: string): Problem => ({ element, severity, message, code: "badTimer", hint: "Write P1D." });

describe("problems of a diagram", () => {
  const problems = [problem("Wait", "error", "No time."), problem("Wait", "warning", "Long."), problem("Ask", "warning", "Nobody."), problem(null, "error", "No process.")];

  it("stand on their elements, the rest on the whole diagram", () => {
    const { at, rest } = problemsByElement(problems);
    expect([...at.keys()]).toEqual(["Wait", "Ask"]);
    expect(at.get("Wait")).toHaveLength(2);
    expect(rest.map((p) => p.message)).toEqual(["No process."]);
  });

  it("mark an element as trouble if one of its problems is an error, else as warned", () => {
    const { marks, badges } = problemMarks(problems, null);
    expect(marks.Wait).toContain("trouble");
    expect(marks.Ask).toContain("warned");
    expect(badges.map((b) => [b.element, b.kind])).toEqual([["Wait", "error"], ["Ask", "warning"]]);
    expect(badges[0]?.title).toBe("No time. Long.");
  });

  it("keep the marks when one is chosen", () => {
    expect(problemMarks(problems, "Ask").marks.Ask).toEqual(["warned", "clickable", "chosen"]);
  });
});

describe("a process map", () => {
  const map = { open: 9, elements: { Call: { waiting: 6, overdue: 2, incidents: 1 }, Solve: { waiting: 1, overdue: 0, incidents: 0 }, Gate: { waiting: 0, overdue: 0, incidents: 0 } } };

  it("counts who waits, overdue ones apart, and what is stuck", () => {
    expect(mapBadges(map.elements, t).map((b) => [b.element, b.kind, b.text])).toEqual([["Call", "waiting", "6"], ["Call", "overdue", "2"], ["Call", "incident", "1"], ["Solve", "waiting", "1"]]);
  });

  it("puts incidents at the lower left and counts at the upper right", () => {
    const [waiting, , incident] = mapBadges(map.elements, t);
    expect(waiting?.position).toHaveProperty("top");
    expect(waiting?.position).toHaveProperty("right");
    expect(incident?.position).toHaveProperty("bottom");
    expect(incident?.position).toHaveProperty("left");
  });

  it("is warmest where most stand", () => {
    const marks = mapMarks(map.elements, "Solve");
    expect(marks.Call?.[0]).toBe("heat3");
    expect(marks.Solve).toEqual(["heat1", "clickable", "chosen"]);
    expect(marks.Gate).toEqual(["clickable"]);
  });
});

describe("a collapsed sub-process", () => {
  const map = { open: 2, elements: { Sub: { waiting: 2, overdue: 0, incidents: 0 }, Inner: { waiting: 1, overdue: 1, incidents: 0 }, Other: { waiting: 1, overdue: 0, incidents: 1 }, Free: { waiting: 1, overdue: 1, incidents: 0 } } };
  const elements = { Sub: { hiddenIn: null }, Inner: { hiddenIn: "Sub" }, Other: { hiddenIn: "Sub" }, Free: { hiddenIn: null } };

  it("shows what is late or stuck in it, and counts nobody twice", () => {
    expect(shownCounts(map, elements)).toEqual({ ...map.elements, Sub: { waiting: 2, overdue: 1, incidents: 1 } });
  });
});

describe("a badge on a flow", () => {
  const bent = [{ x: 100, y: 50 }, { x: 200, y: 50 }, { x: 200, y: 250 }];
  const badge: Badge = { element: "Flow", kind: "error", text: "!", title: "No condition.", position: { top: -12, right: 12 } };

  it("stands halfway along the line, not at the corner of the box around it", () => {
    expect(halfway(bent)).toEqual({ x: 200, y: 100 });
    // Its box begins at 100, 50; its own middle is 22 right and 11 below of where it is put.
    expect(badgePosition(badge, bent)).toEqual({ left: 78, top: 39 });
  });

  it("stands at an element's corner where there is no line", () => {
    expect(badgePosition(badge, undefined)).toEqual(badge.position);
    expect(halfway([{ x: 3, y: 4 }, { x: 3, y: 4 }])).toEqual({ x: 3, y: 4 });
  });
});

describe("a badge", () => {
  it("is a button that says what it counts and tells which element was meant", () => {
    const onClick = vi.fn();
    const button = badgeElement({ element: "Call", kind: "overdue", text: "2", title: "2 are overdue here", position: {} }, onClick);
    expect(button.getAttribute("aria-label")).toBe("2 are overdue here");
    button.click();
    expect(onClick).toHaveBeenCalledWith("Call");
  });
});
