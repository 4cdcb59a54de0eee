import { readFileSync } from "node:fs";
import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { setLocale, startI18n } from "~/i18n/index.ts";
import { isMadeUp, KINDS, readDiagram, TRIGGERS } from "./kinds.ts";
import { elementWords, kindWords } from "./words.ts";

const t = (key: string, params?: Record<string, unknown>) => i18next.t(key, params ?? {});
const diagram = (content: string, more = "") =>
  `<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:z="http://camunda.org/schema/zeebe/1.0"><b:process id="p">${content}</b:process>${more}</b:definitions>`;
const readElements = (xml: string) => readDiagram(xml).elements;
const called = (content: string, more = "") => {
  const elements = readElements(diagram(content, more));
  return (id: string) => elementWords(elements[id] as NonNullable<(typeof elements)[string]>, elements, t);
};

beforeAll(async () => {
  await startI18n("ru");
  await setLocale("en");
});

/** What runs is read from the graph itself: a kind that is added there is missed here. */
const rust = (file: string) => readFileSync(`../process-defs/bpmn/src/graph/${file}.rs`, "utf8");
const variants = (text: string, name: string) => {
  const body = text.split(`pub enum ${name} {`)[1]?.split("\n}")[0] ?? "";
  return [...body.matchAll(/^ {4}(\w+)/gm)].map((match) => `${match[1]?.charAt(0).toLowerCase()}${match[1]?.slice(1)}`);
};

describe("every element that runs has words in both languages", () => {
  it("by its kind", () => {
    const kinds = [...rust("activity").matchAll(/ElementKind::[^=]+=> "(\w+)"/g)].map((match) => match[1] ?? "");
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => !(KINDS as readonly string[]).includes(kind))).toEqual([]);
  });

  it("by what it waits for or throws", () => {
    const triggers = [...variants(rust("event"), "Trigger"), ...variants(rust("event"), "Throw")];
    expect(triggers.length).toBeGreaterThan(20);
    expect(triggers.filter((trigger) => !(TRIGGERS as readonly string[]).includes(trigger))).toEqual([]);
  });

  it.each(["en", "ru"] as const)("each of them, in %s", (locale) => {
    const keys = [...KINDS.map((kind) => `kind.${kind}`), ...KINDS.filter((kind) => kind.endsWith("Event")).map((kind) => `event.${kind}`), ...TRIGGERS.filter((trigger) => trigger !== "none").map((trigger) => `trigger.${trigger}`)];
    expect(keys.filter((key) => !i18next.getResource(locale, "elements", key))).toEqual([]);
  });
});

describe("an element without a name", () => {
  it.each([
    ['<b:startEvent id="x"><b:signalEventDefinition/></b:startEvent>', "Signal start event"],
    ['<b:startEvent id="x"/>', "Start event"],
    ['<b:startEvent id="x" isInterrupting="false"><b:escalationEventDefinition/></b:startEvent>', "Escalation start event (does not interrupt)"],
    ['<b:startEvent id="x"><b:extensionElements><z:properties><z:property name="redthread:on" value="case.changed"/></z:properties></b:extensionElements></b:startEvent>', "Record start event"],
    ['<b:intermediateThrowEvent id="x"><b:extensionElements><z:taskDefinition type="mail"/></b:extensionElements><b:messageEventDefinition/></b:intermediateThrowEvent>', "Service throw event"],
    ['<b:intermediateCatchEvent id="x"><b:timerEventDefinition/><b:messageEventDefinition/></b:intermediateCatchEvent>', "Multiple catch event"],
    ['<b:intermediateCatchEvent id="x" parallelMultiple="true"><b:timerEventDefinition/><b:messageEventDefinition/></b:intermediateCatchEvent>', "Parallel multiple catch event"],
    ['<b:endEvent id="x"><b:compensateEventDefinition/></b:endEvent>', "Compensation end event"],
    ['<b:adHocSubProcess id="x"/>', "Ad-hoc sub-process"],
    ['<b:subProcess id="x" triggeredByEvent="true"/>', "Event sub-process"],
    ['<b:eventBasedGateway id="x" name=" "/>', "Event-based gateway"],
  ])("is called by what it is: %s", (xml, expected) => expect(called(xml)("x")).toBe(expected));

  it("is called so in Russian too", async () => {
    await setLocale("ru");
    expect(called('<b:boundaryEvent id="x" attachedToRef="a" cancelActivity="false"><b:timerEventDefinition/></b:boundaryEvent><b:userTask id="a" name="Проверить"/>')("x")).toBe("Граничное событие: таймер (не прерывает), на шаге «Проверить»");
    await setLocale("en");
  });

  it("takes its definition from elsewhere in the file", () => {
    expect(called('<b:endEvent id="x"><b:eventDefinitionRef>b:all</b:eventDefinitionRef></b:endEvent>', '<b:terminateEventDefinition id="all"/>')("x")).toBe("Terminate end event");
  });

  it("is told apart by where it is attached", () => {
    expect(called('<b:boundaryEvent id="x" attachedToRef="a"><b:errorEventDefinition/></b:boundaryEvent><b:callActivity id="a"/>')("x")).toBe("Error boundary event at “Call activity”");
  });
});

describe("a diagram", () => {
  it("names its elements in one line", () => {
    expect(called('<b:task id="x" name=" Choose\n the carrier "/>')("x")).toBe("Choose the carrier");
    expect(readDiagram(diagram("", '<b:message id="m" name="Paid"/>')).names).toEqual({ m: "Paid" });
    expect(readElements("")).toEqual({});
    expect(readElements("<broken")).toEqual({});
  });

  it("says what it calls, where that is known before it runs", () => {
    const elements = readElements(diagram('<b:callActivity id="a"><b:extensionElements><z:calledElement processId="credit"/></b:extensionElements></b:callActivity><b:callActivity id="b"><b:extensionElements><z:calledElement processId="=which"/></b:extensionElements></b:callActivity><b:callActivity id="c" calledElement="plain"/>'));
    expect([elements.a?.calls, elements.b?.calls, elements.c?.calls]).toEqual(["credit", null, "plain"]);
  });

  it("says what its flows ask, and which is taken otherwise", () => {
    const { flows } = readDiagram(diagram('<b:inclusiveGateway id="g" default="f2"/><b:sequenceFlow id="f1" name="Large" sourceRef="g" targetRef="a"><b:conditionExpression> = amount\n &gt; 100 </b:conditionExpression></b:sequenceFlow><b:sequenceFlow id="f2" sourceRef="g" targetRef="b"/>'));
    expect(flows).toEqual({ f1: { source: "g", target: "a", name: "Large", condition: "amount > 100", isDefault: false }, f2: { source: "g", target: "b", name: null, condition: null, isDefault: true } });
  });

  it("says what is done several times", () => {
    const elements = readElements(diagram('<b:task id="a"><b:multiInstanceLoopCharacteristics/></b:task><b:task id="b"><b:multiInstanceLoopCharacteristics isSequential="true"/></b:task><b:task id="c"><b:standardLoopCharacteristics/></b:task><b:task id="d"/>'));
    expect(["a", "b", "c", "d"].map((id) => elements[id]?.repeats)).toEqual(["parallel", "sequential", "loop", null]);
  });

  it("says what the outermost collapsed sub-process hides", () => {
    const shapes = '<di:BPMNDiagram><di:BPMNPlane><di:BPMNShape bpmnElement="outer" isExpanded="false"/><di:BPMNShape bpmnElement="inner" isExpanded="false"/></di:BPMNPlane></di:BPMNDiagram>';
    const elements = readElements(diagram('<b:subProcess id="outer"><b:transaction id="inner"><b:task id="deep"/></b:transaction></b:subProcess><b:task id="free"/>', shapes));
    expect(["outer", "inner", "deep", "free"].map((id) => elements[id]?.hiddenIn)).toEqual([null, "outer", "outer", null]);
  });

  it("may have ids that a modeler made up", () => {
    expect(["Activity_0x3fk1", "Gateway_12", "CreateCall", "SolveProblem"].map(isMadeUp)).toEqual([true, true, false, false]);
  });

  it("says what an element is beside its name", () => {
    expect(kindWords({ kind: "receiveTask", trigger: null, nonInterrupting: false }, t)).toBe("Receive task");
  });
});
