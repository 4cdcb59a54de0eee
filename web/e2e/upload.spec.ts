import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { signIn } from "./support/pages.ts";

const diagram = readFileSync(fileURLToPath(new URL("../../examples/request-follow-up/request-follow-up.bpmn", import.meta.url)), "utf8");
const file = (name: string, xml: string) => ({ name, mimeType: "application/xml", buffer: Buffer.from(xml) });

test("a diagram with errors is not deployed: each is marked on its element, with what to do", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await page.getByTestId("upload").setInputFiles(file("broken.bpmn", diagram.replace('type="crm:create-call"', 'type=""')));
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/Nothing was deployed/)).toBeVisible();
  await expect(dialog.getByTestId("diagram")).toHaveAttribute("data-drawn", "yes");
  await expect(dialog.locator('[data-element-id="CreateCall"]')).toHaveClass(/rt-trouble/);
  await dialog.locator(".rt-badge-error[data-element=CreateCall]").click();
  await expect(dialog.locator('[data-element-id="CreateCall"]')).toHaveClass(/rt-chosen/);
});

test("a diagram without an executable process is kept as a drawing, which says what is missing", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  const drawing = diagram.replace('isExecutable="true"', 'isExecutable="false"').replaceAll("request-follow-up", `drawing-${Date.now()}`).replaceAll("Request follow-up", "How we follow up");
  await page.getByTestId("upload").setInputFiles(file("drawing.bpmn", drawing));
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/Kept as a drawing/)).toBeVisible();
  await dialog.getByRole("link", { name: "Show" }).click();
  await page.getByRole("button", { name: "Make executable" }).click();
  await expect(page.getByText(/missing/).first()).toBeVisible();
});

test("a file dropped anywhere on the page is uploaded", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await expect(page.getByRole("heading", { level: 1, name: "Processes" })).toBeVisible();
  const data = await page.evaluateHandle((xml) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([xml], "request-follow-up.bpmn", { type: "application/xml" }));
    return transfer;
  }, diagram);
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await expect(page.getByText("Drop to deploy")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(page.getByRole("dialog").getByText("Request follow-up", { exact: true })).toBeVisible();
});

test("a change in the editor is saved as the next version", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await page.getByRole("table").getByRole("link", { name: "Request follow-up" }).click();
  await expect(page.getByTestId("diagram")).toHaveAttribute("data-drawn", "yes");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Edit the diagram" }).click();
  await expect(page.getByTestId("editor")).toHaveAttribute("data-ready", "true");
  await page.locator('[data-element-id="ClientHappy"] .djs-hit').first().dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(`Client is happy ${Date.now()}`);
  await page.locator(".djs-container svg").first().click({ position: { x: 400, y: 20 } });
  await expect(page.getByText("not saved yet")).toBeVisible();
  await page.getByRole("button", { name: "Save as next version" }).click();
  await expect(page.getByText(/Saved and deployed as version \d+/)).toBeVisible();
});
