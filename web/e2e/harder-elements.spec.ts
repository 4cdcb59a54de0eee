import { expect, type Page, test } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { noRawWords, sticksOut, violations } from "./support/checks.ts";
import { signIn, signOut, useLanguage } from "./support/pages.ts";

const diagrams = ["visit.bpmn", "visitor-check.bpmn"].map((file) => fileURLToPath(new URL(`diagrams/${file}`, import.meta.url)));

/** Takes the first task of this name on an instance's page, completes it, and comes back. */
async function doTask(page: Page, name: string) {
  const instance = page.url();
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.getByRole("button", { name: "Take it" }).click();
  await page.getByRole("button", { name: "Complete" }).click();
  await expect(page.getByText(/is completed/)).toBeVisible();
  await page.goto(instance);
  await drawn(page);
}

async function drawn(page: Page) {
  await expect(page.getByTestId("diagram").first()).toHaveAttribute("data-drawn", "yes");
}

const element = (page: Page, id: string) => page.locator(`[data-element-id="${id}"]`).first();

test("a call, several at once, an ad-hoc sub-process and a signal are followed on the page of the instance", async ({ page, request }) => {
  test.setTimeout(300_000);

  await test.step("two diagrams are deployed, one of which calls the other", async () => {
    await signIn(page, "Administrator");
    await page.goto("/processes");
    await page.getByTestId("upload").setInputFiles(diagrams);
    await expect(page.getByRole("dialog").getByText("Prepare a visit", { exact: true })).toBeVisible();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await signOut(page);
    await signIn(page, "Manager");
    await page.goto("/processes");
    await page.getByRole("link", { name: "Prepare a visit", exact: true }).click();
    await drawn(page);
    // The map leads from the call to what it calls.
    await element(page, "Check").locator(".djs-hit").first().click();
    await expect(page.getByRole("link", { name: "Calls the process “Check a visitor”" })).toBeVisible();
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Start", exact: true }).click();
    await expect(page).toHaveURL(/\/instances\/\d+/);
    await drawn(page);
  });

  await test.step("the called instance opens from the call, and leads back", async () => {
    const caller = page.url();
    await element(page, "Check").locator(".djs-hit").first().click();
    await page.getByRole("status").getByRole("link", { name: "Check a visitor" }).click();
    await expect(page.getByText("called by")).toBeVisible();
    await drawn(page);
    await doTask(page, "Look the visitor up");
    await expect(page.getByText("Ended", { exact: true }).first()).toBeVisible();
    await page.getByRole("banner").or(page.locator("header")).getByRole("link", { name: "Prepare a visit", exact: true }).last().click();
    await expect(page).toHaveURL(caller);
  });

  await test.step("three who are asked at once count as three, and one answer is enough", async () => {
    await expect(page.locator(".rt-badge-now[data-element=Ask]")).toHaveText("3");
    await expect(page.getByText("“Ask a colleague” is to be done 3 times, once for each")).toBeVisible();
    await expect(page.getByText("Priority 80").first()).toBeVisible();
    await doTask(page, "Ask a colleague");
    await expect(page.getByText("“Ask a colleague”: 1 of 3 done")).toBeVisible();
    await expect(element(page, "Prepare")).toHaveClass(/rt-around/);
  });

  await test.step("what is done in the ad-hoc sub-process is chosen by a person", async () => {
    const choice = page.getByRole("group", { name: /Choose what is to be done next/ });
    await expect(page.getByRole("button", { name: "Begin", exact: true })).toBeDisabled();
    await choice.getByRole("checkbox", { name: "Book a room" }).check();
    await choice.getByRole("checkbox", { name: "User task" }).check();
    await page.getByRole("button", { name: "Begin 2" }).click();
    await expect(page.getByText(/^Begun: “Book a room”/)).toBeVisible();
    await expect(page.getByText(/^Begun in “Prepare”/)).toBeVisible();
    await expect(element(page, "Room")).toHaveClass(/rt-done/);
    await expect(element(page, "Papers")).toHaveClass(/rt-now/);
  });

  await test.step("a signal begins the event sub-process beside it", async () => {
    // Another program sends it; the page hears of what came of it by itself.
    const headers = { "x-redthread": "1" };
    await request.post("/api/session", { headers, data: { login: "vera", password: "demodemo" } });
    const sent = await request.post("/api/signals", { headers, data: { name: "visit-question", variables: {} } });
    expect(sent.ok()).toBe(true);
    await expect(element(page, "Answer")).toHaveClass(/rt-now/);
    await expect(page.getByText("“Answer a question” began. The rest goes on beside it")).toBeVisible();
    await expect(page.getByText("Waits for the signal “visit-question”")).toBeVisible();
  });

  await test.step("all of it has words in both languages, and can be read by everybody", async () => {
    const bad: string[] = [];
    for (const [locale, colorScheme, width] of [["en", "light", 1440], ["ru", "dark", 390]] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await useLanguage(page, locale);
      await page.setViewportSize({ width, height: 900 });
      await drawn(page);
      await noRawWords(page);
      await expect(page.getByText(/^(Noted|Отмечено):/)).toHaveCount(0);
      bad.push(...(await violations(page)));
      if ((await sticksOut(page)) > 1) bad.push(`${locale}: scrolls sideways`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await useLanguage(page, "en");
    expect(bad).toEqual([]);
  });
});
