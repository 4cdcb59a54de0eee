import { expect, test } from "@playwright/test";
import { signIn } from "./support/pages.ts";

/** A decision of two tables, and a process that asks it: of its own, so that what the demo company has does not matter. */
const stamp = Date.now();
const DMN = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="Freight${stamp}" name="Freight" namespace="https://example.com/freight/${stamp}">
  <inputData id="Weight" name="weight"><variable name="weight" typeRef="number"/></inputData>
  <inputData id="Express" name="express"><variable name="express" typeRef="boolean"/></inputData>
  <decision id="size${stamp}" name="Size">
    <variable name="Size" typeRef="string"/>
    <informationRequirement id="q1"><requiredInput href="#Weight"/></informationRequirement>
    <decisionTable id="SizeTable" hitPolicy="UNIQUE">
      <input id="s1" label="Weight"><inputExpression id="s1e" typeRef="number"><text>weight</text></inputExpression></input>
      <output id="s2" label="Size" name="Size" typeRef="string"/>
      <rule id="small"><inputEntry id="a1"><text>&lt; 5</text></inputEntry><outputEntry id="a2"><text>"small"</text></outputEntry></rule>
      <rule id="large"><inputEntry id="b1"><text>&gt;= 5</text></inputEntry><outputEntry id="b2"><text>"large"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="carrier${stamp}" name="Carrier ${stamp}">
    <variable name="carrier" typeRef="string"/>
    <informationRequirement id="q2"><requiredDecision href="#size${stamp}"/></informationRequirement>
    <informationRequirement id="q3"><requiredInput href="#Express"/></informationRequirement>
    <decisionTable id="CarrierTable" hitPolicy="FIRST">
      <input id="c1" label="Size"><inputExpression id="c1e" typeRef="string"><text>Size</text></inputExpression></input>
      <input id="c2" label="Express"><inputExpression id="c2e" typeRef="boolean"><text>express</text></inputExpression></input>
      <output id="c3" label="Carrier" name="carrier" typeRef="string"/>
      <rule id="courier"><inputEntry id="d1"><text>"small"</text></inputEntry><inputEntry id="d2"><text>true</text></inputEntry><outputEntry id="d3"><text>"courier"</text></outputEntry></rule>
      <rule id="post"><inputEntry id="e1"><text>"small"</text></inputEntry><inputEntry id="e2"><text>-</text></inputEntry><outputEntry id="e3"><text>"post"</text></outputEntry></rule>
      <rule id="truck"><inputEntry id="f1"><text>-</text></inputEntry><inputEntry id="f2"><text>-</text></inputEntry><outputEntry id="f3"><text>"truck"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram id="picture">
    <dmndi:DMNShape id="p1" dmnElementRef="Weight"><dc:Bounds height="45" width="125" x="100" y="300"/></dmndi:DMNShape>
    <dmndi:DMNShape id="p2" dmnElementRef="Express"><dc:Bounds height="45" width="125" x="320" y="300"/></dmndi:DMNShape>
    <dmndi:DMNShape id="p3" dmnElementRef="size${stamp}"><dc:Bounds height="80" width="180" x="80" y="160"/></dmndi:DMNShape>
    <dmndi:DMNShape id="p4" dmnElementRef="carrier${stamp}"><dc:Bounds height="80" width="180" x="200" y="20"/></dmndi:DMNShape>
  </dmndi:DMNDiagram></dmndi:DMNDI>
</definitions>`;

const BPMN = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="defs" targetNamespace="https://example.com/freight">
  <bpmn:process id="freight${stamp}" name="Freight ${stamp}" isExecutable="true">
    <bpmn:startEvent id="Start"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="Start" targetRef="Choose"/>
    <bpmn:businessRuleTask id="Choose" name="Choose the carrier">
      <bpmn:extensionElements><zeebe:calledDecision decisionId="carrier${stamp}" resultVariable="carrier"/></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:businessRuleTask>
    <bpmn:sequenceFlow id="f2" sourceRef="Choose" targetRef="End"/>
    <bpmn:endEvent id="End"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="freight${stamp}">
    <bpmndi:BPMNShape id="Start_di" bpmnElement="Start"><dc:Bounds x="100" y="100" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="Choose_di" bpmnElement="Choose"><dc:Bounds x="200" y="78" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="End_di" bpmnElement="End"><dc:Bounds x="380" y="100" width="36" height="36"/></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="f1_di" bpmnElement="f1"><di:waypoint x="136" y="118"/><di:waypoint x="200" y="118"/></bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="f2_di" bpmnElement="f2"><di:waypoint x="300" y="118"/><di:waypoint x="380" y="118"/></bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;

const file = (name: string, text: string) => ({ name, mimeType: "application/xml", buffer: Buffer.from(text) });

test("a decision is uploaded with its process, tried out, asked by an instance, and explained", async ({ page }) => {
  test.setTimeout(180_000);
  const decision = page.getByTestId("decision");
  const rule = (n: number) => decision.locator(".tjs-table tbody tr").nth(n - 1);

  await test.step("the analyst drops both files on the page", async () => {
    await signIn(page, "Analyst");
    await page.goto("/processes");
    await page.getByTestId("upload").setInputFiles([file("freight.bpmn", BPMN), file("freight.dmn", DMN)]);
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(`Freight ${stamp}`, { exact: true })).toBeVisible();
    await expect(dialog.getByText(`Carrier ${stamp}`, { exact: true })).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
  });

  await test.step("finds it, and looks at what needs what", async () => {
    await page.getByRole("link", { name: "Decisions" }).click();
    await page.getByRole("textbox", { name: "Search in the list" }).or(page.getByPlaceholder("Name or id")).first().fill(String(stamp));
    await page.getByRole("table").getByRole("link", { name: `Carrier ${stamp}` }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Carrier ${stamp}` })).toBeVisible();
    await expect(decision).toHaveAttribute("data-drawn", "yes");
    await expect(rule(3)).toContainText("truck");
    await page.getByRole("button", { name: "What needs what" }).click();
    await expect(decision).toHaveAttribute("data-view", "graph");
    await expect(decision.locator(`[data-element-id="size${stamp}"]`)).toBeVisible();
    // The mark of bpmn.io stays in sight.
    await expect(decision.locator(".bjs-powered-by").first()).toBeVisible();
  });

  await test.step("tries it out: the rules that matched are marked in both tables", async () => {
    const form = page.getByTestId("try-out");
    await form.getByLabel("weight").fill("many");
    await form.getByRole("button", { name: "Ask" }).click();
    await expect(form.getByText("This is no number.")).toBeVisible();
    await form.getByLabel("weight").fill("3.5");
    await form.getByRole("combobox", { name: "express" }).or(form.getByRole("textbox", { name: "express" })).first().click();
    await page.getByRole("option", { name: "yes" }).click();
    await form.getByRole("button", { name: "Ask" }).click();
    const answer = page.getByTestId("answer");
    await expect(answer).toContainText('"courier"');
    await expect(answer).toContainText("Rule 1 matched");
    await expect(decision).toHaveAttribute("data-view", `carrier${stamp}`);
    await expect(rule(1)).toHaveClass(/rt-rule-matched/);
    await expect(rule(2)).not.toHaveClass(/rt-rule-matched/);
    await answer.getByRole("button", { name: "Size" }).click();
    await expect(decision).toHaveAttribute("data-view", `size${stamp}`);
    await expect(rule(1)).toHaveClass(/rt-rule-matched/);
  });

  await test.step("starts the process: its history says which rule matched, and leads to the table", async () => {
    await page.goto("/processes");
    await page.getByRole("table").getByRole("link", { name: `Freight ${stamp}` }).click();
    await expect(page.getByTestId("diagram")).toHaveAttribute("data-drawn", "yes");
    // From the business rule task one gets to its decision.
    await page.locator('[data-element-id="Choose"] .djs-hit').first().click();
    await expect(page.getByRole("link", { name: `Asks the decision “Carrier ${stamp}”` })).toBeVisible();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Values").fill('{"weight": 40, "express": true}');
    await dialog.getByRole("button", { name: "Start" }).click();
    await expect(page.getByText("Ended", { exact: true }).first()).toBeVisible();
    const history = page.getByRole("listitem").filter({ hasText: `asked the decision “Carrier ${stamp}”` }).first();
    await expect(history).toContainText("Rule 3 matched");
    await expect(history).toContainText('"truck"');
    await history.getByRole("link", { name: "Show the rules of version 1" }).click();
    await expect(decision).toHaveAttribute("data-drawn", "yes");
    await expect(rule(3)).toHaveClass(/rt-rule-matched/);
  });
});

test("a decision with an error is not deployed: the error is marked at its rule", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await page.getByTestId("upload").setInputFiles(file("broken.dmn", DMN.replace("&gt;= 5", "&gt;= )")));
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/Nothing was deployed/)).toBeVisible();
  const decision = dialog.getByTestId("decision");
  await expect(decision).toHaveAttribute("data-drawn", "yes");
  await expect(decision.locator(".tjs-table tbody tr").nth(1)).toHaveClass(/rt-rule-trouble/);
  await expect(dialog.getByText(/Size, rule 2/).first()).toBeVisible();
});
