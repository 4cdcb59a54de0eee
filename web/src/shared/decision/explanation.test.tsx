import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { MemoryRouter } from "react-router";
import { DecisionAsked } from "./DecisionAsked.tsx";
import { asFeel, type DecisionTrace, Explanation, matchedRules } from "./Explanation.tsx";

const traces: DecisionTrace[] = [
  { id: "Priority", name: "Priority", inputs: [{ name: "amount", value: 1200 }], tables: [{ inputs: [{ name: "Amount", value: 1200 }], matched: [{ rule: 2, outputs: [{ name: "priority", value: "high" }], annotations: ["Large sums first"] }, { rule: 5, outputs: [] }] }], result: "high" },
  { id: "Team", name: "Team", inputs: [{ name: "Priority", value: "high" }], tables: [{ inputs: [], matched: [] }], result: null },
];
const show = (node: React.ReactNode) => render(<MantineProvider>{node}</MantineProvider>);

beforeAll(() => startI18n("en"));
beforeEach(() => setLocale("en"));

describe("an explanation", () => {
  it("says in order what was given, which rules matched, and what came out", () => {
    show(<Explanation traces={traces} />);
    const [priority, team] = screen.getAllByRole("listitem");
    expect(priority?.textContent).toContain('"high"');
    expect(priority?.textContent).toContain("Given Amount = 1200");
    expect(priority?.textContent).toContain("Rules 2, 5 matched");
    expect(priority?.textContent).toContain("Large sums first");
    expect(team?.textContent).toContain("No rule matched");
  });

  it("is Russian in Russian", async () => {
    await setLocale("ru");
    show(<Explanation traces={traces} />);
    expect(screen.getAllByRole("listitem")[0]?.textContent).toContain("Подошли правила 2, 5");
  });

  it("leads to the decision that is meant", () => {
    const onChoose = vi.fn();
    show(<Explanation traces={traces} onChoose={onChoose} />);
    screen.getByRole("button", { name: "Team" }).click();
    expect(onChoose).toHaveBeenCalledWith("Team");
  });

  it("knows the rules of one decision, each once", () => {
    expect(matchedRules([...traces, ...traces], "Priority")).toEqual([2, 5]);
    expect(matchedRules(traces, null)).toEqual([]);
  });
});

describe("what an instance asked", () => {
  it("leads to the table of that version with its rules marked", () => {
    const params = { decision: "Priority", decisionName: "Priority", version: 3, decisionKey: "77", explanation: { decisions: traces }, leftOut: 2 };
    show(<MemoryRouter><DecisionAsked params={params} /></MemoryRouter>);
    const link = screen.getByRole("link", { name: "Show the rules of version 3" });
    expect(link.getAttribute("href")).toBe("/decisions/77?rules=2,5");
    expect(screen.getByText(/2 more decisions/)).toBeTruthy();
  });
});

describe("a value", () => {
  it("is written as FEEL writes it", () => {
    expect(asFeel({ team: "support", hours: [1, null], open: true })).toBe('{team: "support", hours: [1, null], open: true}');
    expect(asFeel(undefined)).toBe("null");
  });
});
