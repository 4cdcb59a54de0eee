import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Thread as ThreadData } from "~/api/model.ts";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { Thread, ThreadSmall } from "./Thread.tsx";
import { initials, standing, threadSentence } from "./words.ts";

const NOW = Date.parse("2026-01-09T13:00:00Z");
const t = (key: string, params?: Record<string, unknown>) => i18next.t(key, params ?? {});
const when = (locale: "en" | "ru") => ({ now: NOW, zone: "UTC", locale });

const anna = { login: "anna", name: "Anna Keller" };
const calling: ThreadData = {
  done: [{ element: "CaseClosed", name: "Request closed", at: "2026-01-06T09:00:00Z", by: anna }],
  now: [{ element: "CreateCall", name: "Call the client", since: "2026-01-06T09:00:00Z", who: anna, overdue: false }],
  next: [
    { element: "Outcome", name: "How did it go?", certain: true },
    { element: "Solve", name: "Solve the problem", certain: false },
  ],
  about: { position: 3, total: 6 },
};
const nobody = { ...calling, now: [{ ...calling.now[0], who: null, overdue: true }], next: [] } as ThreadData;
const ended: ThreadData = { ...calling, now: [], next: [] };

beforeAll(() => startI18n("en"));
beforeEach(() => setLocale("en"));

describe("the thread in words", () => {
  it("says the position, who is waited for, since when, and what may come", () => {
    expect(threadSentence(calling, when("en"), t)).toBe("3 of about 6: waiting for Anna Keller: Call the client, since Tuesday. Then: How did it go?, perhaps Solve the problem");
  });

  it("says that something is overdue, also when nobody has it", () => {
    expect(threadSentence(nobody, when("en"), t)).toBe("3 of about 6: waiting at Call the client, since Tuesday, overdue");
  });

  it("counts several that stand at one place, late if one of them is, and with nobody's name", () => {
    const oleg = { login: "oleg", name: "Олег Соколов" };
    const asked = (who: typeof anna, since: string, overdue: boolean) => ({ element: "Ask", name: "Ask a colleague", since, who, overdue });
    const many = { ...calling, now: [asked(anna, "2026-01-07T09:00:00Z", false), asked(oleg, "2026-01-06T09:00:00Z", true)], next: [] } as ThreadData;
    expect(threadSentence(many, when("en"), t)).toBe("3 of about 6: waiting at Ask a colleague ×2, since Tuesday, overdue");
    expect(standing(many)).toHaveLength(1);
  });

  it("says that it ended", () => {
    expect(threadSentence(ended, when("en"), t)).toBe("Ended");
  });

  it("is Russian in Russian", async () => {
    await setLocale("ru");
    expect(threadSentence(calling, when("ru"), t)).toBe("3 из примерно 6: ждём: Anna Keller — Call the client, со вторника. Дальше: How did it go?, возможно, Solve the problem");
  });

  it("takes an element's id where the diagram has no name", () => {
    expect(threadSentence({ ...calling, now: [{ ...calling.now[0], name: "" }], next: [] } as ThreadData, when("en"), t)).toContain("CreateCall");
  });
});

describe("the thread as drawn", () => {
  const show = (node: React.ReactNode) => render(<MantineProvider>{node}</MantineProvider>);

  it("gives screen readers the sentence and hides the line from them", () => {
    show(<Thread thread={calling} />);
    const section = screen.getByRole("region", { name: "Where it stands" });
    expect(section.querySelector("p")?.textContent).toContain("waiting for Anna Keller: Call the client");
    expect(section.querySelector("ol")?.getAttribute("aria-hidden")).toBe("true");
  });

  it("shows the initials of who has it in the ring", () => {
    show(<Thread thread={calling} />);
    expect(screen.getByText("AK")).toBeTruthy();
  });

  it("is one line in a list row, with the step now", () => {
    show(<ThreadSmall thread={calling} />);
    expect(screen.getByText(/^Call the client ·/)).toBeTruthy();
  });
});

describe("initials", () => {
  it.each([
    ["Anna Keller", "AK"],
    ["Mia van der Berg", "MB"],
    ["Пётр", "П"],
    ["", ""],
  ])("of %s are %s", (name, expected) => expect(initials(name)).toBe(expected));
});
