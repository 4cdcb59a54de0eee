import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { choicesOf, namedParams, sentenceKeys } from "./sentence.ts";

beforeAll(async () => {
  await startI18n("ru");
  await setLocale("en");
});

/** What is said of an event of an instance. */
function said(code: string, params: Record<string, unknown>, locale = "en") {
  const words = { ...params, count: params.count ?? params.total, lng: locale } as Record<string, unknown>;
  const key = sentenceKeys("happened", code, params).find((one) => i18next.exists(one, words));
  return key ? i18next.t(key, words) : null;
}

describe("what happened is said as it was", () => {
  it.each([
    ["multiInstance.begun", { element: "Ask", total: 0 }, "“Ask” was passed: there is nothing to do it for"],
    ["multiInstance.begun", { element: "Ask", total: 5 }, "“Ask” is to be done 5 times, once for each"],
    ["multiInstance.progress", { element: "Ask", completed: 3, total: 5 }, "“Ask”: 3 of 5 done"],
    ["compensation.begun", { element: "Undo", count: 0 }, "“Undo” found nothing to undo"],
    ["compensation.begun", { element: "Undo", count: 2 }, "“Undo” has 2 completed steps undone"],
    ["compensation.undoing", { element: "Cancel the room", undoes: "Book", undoesName: "Book the room" }, "“Book the room” is being undone: “Cancel the room”"],
    ["escalation.thrown", { element: "Late", code: "LATE", caughtBy: "Remind", caughtByName: "Remind" }, "“Late” escalated (LATE): “Remind” takes it up"],
    ["escalation.thrown", { element: "Late", code: "LATE", toCaller: true }, "“Late” escalated (LATE) to the process that called this one"],
    ["escalation.thrown", { element: "Late", code: "LATE" }, "“Late” escalated (LATE), and nothing here takes it up"],
    ["eventSubProcess.begun", { element: "Withdrawn", interrupting: true }, "“Withdrawn” began and took the place of the rest"],
    ["eventSubProcess.begun", { element: "Question", interrupting: false }, "“Question” began. The rest goes on beside it"],
    ["connector.failed", { element: "Pay", jobType: "audit", listener: "end", message: "No line." }, "“audit” at “Pay” did not work: No line."],
    ["instance.started", { process: "Credit", calledBy: "17" }, "Began, because another process called it"],
    ["instance.started", { process: "Credit" }, "Began"],
    ["error.caught", { element: "Refused", code: "NO_MONEY" }, "The error NO_MONEY was caught at “Refused”"],
    ["error.caught", { element: "Refused" }, "The error was caught at “Refused”"],
  ])("%s", (code, params, expected) => expect(said(code, params)).toBe(expected));

  it.each([
    [1, "«Ask»: 1 раз, по разу для каждого"],
    [3, "«Ask»: 3 раза, по разу для каждого"],
    [11, "«Ask»: 11 раз, по разу для каждого"],
  ])("with the plural forms of Russian: %d", (total, expected) => expect(said("multiInstance.begun", { element: "Ask", total }, "ru")).toBe(expected));
});

describe("an element without a name", () => {
  const names = { Event_1: "Signal catch event", Task_1: "Book the hotel" };

  it("is called by what it is, where the server could only say its id", () => {
    expect(namedParams({ element: "Event_1", elementName: "Event_1" }, names)).toMatchObject({ elementName: "Signal catch event" });
    expect(namedParams({ undoes: "Task_1", elements: ["Task_1", "Fly"] }, names)).toMatchObject({ undoesName: "Book the hotel", elements: ["Book the hotel", "Fly"] });
    expect(namedParams({ process: "credit" }, { credit: "Credit check" }).process).toBe("Credit check");
  });

  it("is called so where a way without a name leads to it", () => {
    expect(namedParams({ element: "Flow_1", elementName: "Event_1", gateway: "Which?" }, names).elementName).toBe("Signal catch event");
  });

  it("keeps the name that the server knows", () => {
    expect(namedParams({ element: "Task_1", elementName: "Book" }, names).elementName).toBe("Book");
  });
});

describe("the ways out of a gateway", () => {
  const flow = (target: string, condition: string | null, more = {}) => ({ source: "g", target, name: null, condition, isDefault: false, ...more });
  const flows = { large: flow("a", "amount > 100", { name: "Large" }), abroad: flow("b", 'country != "DE"'), else: flow("c", null, { isDefault: true }), free: { ...flow("d", null), source: "other" } };
  const taken = (id: string, sequence: number, element: string, values?: object) => ({ id, sequence, code: "flow.taken", params: { element, values } });

  it("are all said, with what they ask, which were taken, and of which values", () => {
    const choices = choicesOf([taken("2-1", 2, "large", { amount: 250, country: "FR" }), taken("2-0", 2, "abroad")], flows, { b: "Ask the customs", c: "End event" });
    expect([...choices.keys()]).toEqual(["2-1"]);
    expect(choices.get("2-1")).toEqual({
      ways: [
        { name: "Large", condition: "amount > 100", isDefault: false, taken: true },
        { name: "Ask the customs", condition: 'country != "DE"', isDefault: false, taken: true },
        { name: "End event", condition: null, isDefault: true, taken: false },
      ],
      values: [{ name: "amount", value: "250" }, { name: "country", value: "FR" }],
    });
  });

  it("are said each time that the gateway is passed", () => {
    expect([...choicesOf([taken("9-0", 9, "else"), taken("2-1", 2, "large")], flows, {}).keys()]).toEqual(["9-0", "2-1"]);
  });

  it("are passed over where nothing is asked, or where the diagram is not known", () => {
    expect(choicesOf([taken("2-0", 2, "free")], flows, {}).size).toBe(0);
    expect(choicesOf([taken("2-0", 2, "large")], {}, {}).size).toBe(0);
  });
});
