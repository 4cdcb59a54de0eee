import { expect, test } from "@playwright/test";
import { signIn } from "./support/pages.ts";

test.beforeEach(({ page }) => signIn(page, "Employee").then(() => {}));

test("? shows the keys, Esc closes them", async ({ page }) => {
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  // The page listens a moment after it is drawn.
  await expect(async () => {
    await page.keyboard.press("Shift+?");
    await expect(keys).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("J and K move over a list, Enter opens", async ({ page }) => {
  await page.goto("/?create=case");
  const subject = `Reached by keys ${Date.now()}`;
  await page.getByLabel("Subject").fill(subject);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name: subject })).toBeVisible();
  await page.goto(`/records/case?q=${encodeURIComponent(subject)}`);
  await expect(page.locator("[data-row-link]")).toHaveCount(1);
  await page.keyboard.press("j");
  await expect(page.locator("[data-row-link]")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: subject })).toBeVisible();
});

test("Ctrl K finds pages and records", async ({ page }) => {
  await page.keyboard.press("Control+k");
  const words = page.getByRole("dialog").getByRole("textbox");
  await expect(words).toBeFocused();
  await page.keyboard.type("Accounts");
  await expect(words).toHaveValue("Accounts");
  await expect(page.getByRole("dialog").getByText("Accounts", { exact: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Accounts" })).toBeVisible();
});

test("an edit in place can be undone", async ({ page }) => {
  await page.goto("/?create=account");
  const name = `Undo & Söhne ${Date.now()}`;
  await page.getByLabel("Name").fill(name);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Edit: Industry" }).click();
  await expect(page.locator("dl input")).toBeFocused();
  await page.keyboard.type("Lighting");
  await page.keyboard.press("Enter");
  const industry = page.locator("dl").getByText("Lighting", { exact: true });
  await expect(industry).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(industry).toHaveCount(0);
});
