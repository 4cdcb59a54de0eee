import type { ProcessMap, Problem } from "~/api/model.ts";
import type { Element } from "../elements/kinds.ts";
import type { Mark } from "./Diagram.tsx";
import type { Point } from "./services.ts";

export interface Badge {
  element: string;
  kind: "waiting" | "overdue" | "incident" | "error" | "warning" | "now";
  text: string;
  /** What the badge means, in words. */
  title: string;
  position: { top?: number; bottom?: number; left?: number; right?: number };
}

const CLOCK = '<svg viewBox="0 0 24 24" width="11" height="11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></svg>';

/** The badge as an element of the page: a button, so that it can be clicked and read aloud. */
export function badgeElement(badge: Badge, onClick: (element: string) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `rt-badge rt-badge-${badge.kind}`;
  button.title = badge.title;
  button.setAttribute("aria-label", badge.title);
  button.dataset.element = badge.element;
  if (badge.kind === "overdue") button.innerHTML = CLOCK;
  button.append(badge.text);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    onClick(badge.element);
  });
  return button;
}

type Translate = (key: string, params?: Record<string, unknown>) => string;

/**
 * What is late or stuck inside a collapsed sub-process shows on it: what it hides cannot be seen. How many stand in it is
 * counted at it already, since each stands in the sub-process too.
 */
export function shownCounts(map: ProcessMap, elements: Record<string, Pick<Element, "hiddenIn">>): ProcessMap["elements"] {
  const shown = { ...map.elements };
  for (const [id, at] of Object.entries(map.elements)) {
    const outer = elements[id]?.hiddenIn;
    if (!outer || at.overdue + at.incidents === 0) continue;
    const there = shown[outer] ?? { waiting: 0, overdue: 0, incidents: 0 };
    shown[outer] = { ...there, overdue: there.overdue + at.overdue, incidents: there.incidents + at.incidents };
  }
  return shown;
}

/** Counts at an element's upper right, overdue ones apart, incidents a red triangle at the lower left. */
export function mapBadges(counts: ProcessMap["elements"], t: Translate): Badge[] {
  return Object.entries(counts).flatMap(([element, at]) => {
    const badges: Badge[] = [];
    if (at.waiting > 0) badges.push({ element, kind: "waiting", text: String(at.waiting), title: t("diagram:waiting", { count: at.waiting }), position: { top: -13, right: at.overdue > 0 ? 38 : 14 } });
    if (at.overdue > 0) badges.push({ element, kind: "overdue", text: String(at.overdue), title: t("diagram:overdue", { count: at.overdue }), position: { top: -13, right: 14 } });
    if (at.incidents > 0) badges.push({ element, kind: "incident", text: String(at.incidents), title: t("diagram:incidents", { count: at.incidents }), position: { bottom: 13, left: -12 } });
    return badges;
  });
}

/** A soft fill behind the elements where most stand. */
export function mapMarks(counts: ProcessMap["elements"], chosen: string | null): Record<string, Mark[]> {
  const most = Math.max(1, ...Object.values(counts).map((at) => at.waiting));
  const marks: Record<string, Mark[]> = {};
  for (const [element, at] of Object.entries(counts)) {
    const share = at.waiting / most;
    marks[element] = at.waiting === 0 ? ["clickable"] : [share > 0.66 ? "heat3" : share > 0.33 ? "heat2" : "heat1", "clickable"];
  }
  if (chosen) marks[chosen] = [...(marks[chosen] ?? []), "chosen"];
  return marks;
}

/** Problems by the element that they are about; those of no element stand for the whole diagram. */
export function problemsByElement(problems: Problem[]): { at: Map<string, Problem[]>; rest: Problem[] } {
  const at = new Map<string, Problem[]>();
  const rest: Problem[] = [];
  for (const problem of problems) {
    if (!problem.element) rest.push(problem);
    else at.set(problem.element, [...(at.get(problem.element) ?? []), problem]);
  }
  return { at, rest };
}

/** Marks and badges that show each problem on its element; an error outweighs the warnings beside it. */
export function problemMarks(problems: Problem[], chosen: string | null): { marks: Record<string, Mark[]>; badges: Badge[] } {
  const marks: Record<string, Mark[]> = {};
  const badges: Badge[] = [];
  for (const [element, list] of problemsByElement(problems).at) {
    const error = list.some((problem) => problem.severity !== "warning");
    marks[element] = [error ? "trouble" : "warned", "clickable"];
    badges.push({ element, kind: error ? "error" : "warning", text: "!", title: list.map((p) => p.message).join(" "), position: { top: -12, right: 12 } });
  }
  if (chosen) marks[chosen] = [...(marks[chosen] ?? []), "chosen"];
  return { marks, badges };
}

/** The point halfway along a line of several stretches. */
export function halfway(line: Point[]): Point {
  const stretches = line.slice(1).map((to, i) => ({ from: line[i] as Point, to, length: Math.hypot(to.x - (line[i] as Point).x, to.y - (line[i] as Point).y) }));
  let left = stretches.reduce((sum, stretch) => sum + stretch.length, 0) / 2;
  for (const { from, to, length } of stretches) {
    if (left <= length && length > 0) return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length };
    left -= length;
  }
  return line[0] ?? { x: 0, y: 0 };
}

/** Half of a badge's height, and of the least that it is wide. */
const HALF = 11;

/**
 * Where a badge stands on its element. On a flow it is halfway along the line: the corners of the box around the line may
 * be far from it. The badge's style moves it right by half its width.
 */
export function badgePosition(badge: Badge, line: Point[] | undefined): Badge["position"] {
  if (!line || line.length < 2) return badge.position;
  const middle = halfway(line);
  return { left: middle.x - Math.min(...line.map((point) => point.x)) - 2 * HALF, top: middle.y - Math.min(...line.map((point) => point.y)) - HALF };
}
