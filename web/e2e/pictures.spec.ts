import { expect, type Page, test } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { type Role, signIn, useLanguage } from "./support/pages.ts";

/** Pictures of the main pages for the documentation: `npm run pictures`. */
const target = (name: string) => fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));

async function settled(page: Page) {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.waitForTimeout(900);
}

async function firstRow(page: Page, list: string): Promise<string> {
  await page.goto(list);
  return (await page.locator("[data-row-link]").first().getAttribute("href")) ?? list;
}

async function pages(page: Page, role: Role): Promise<[string, string][]> {
  if (role === "Employee") return [["my-day", "/"], ["calendar", "/calendar"], ["cases", "/records/case"], ["case", await firstRow(page, "/records/case?view=open")], ["new-case", "/?create=case"]];
  if (role === "Manager") return [["processes", "/processes"], ["process-map", await firstRow(page, "/processes")], ["instances", "/instances"], ["instance", await firstRow(page, "/instances?state=all")], ["outbox", "/outbox"]];
  const map = await firstRow(page, "/processes");
  return role === "Analyst" ? [["editor", `${map}/edit`]] : [["administration", "/administration?tab=calendar"]];
}

test("sign-in", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await page.screenshot({ path: target("sign-in") });
});

for (const role of ["Employee", "Manager", "Analyst", "Administrator"] as const) {
  test(`pages of the ${role.toLowerCase()}`, async ({ page }) => {
    test.setTimeout(180_000);
    await signIn(page, role);
    for (const [name, path] of await pages(page, role)) {
      await page.goto(path);
      if (name === "editor") await expect(page.getByTestId("editor")).toHaveAttribute("data-ready", "true");
      await settled(page);
      await page.screenshot({ path: target(name) });
    }
    if (role === "Employee") {
      await page.emulateMedia({ colorScheme: "dark" });
      await useLanguage(page, "ru");
      await page.evaluate(() => localStorage.setItem("redthread-colour-scheme", "dark"));
      await page.goto("/");
      await settled(page);
      await page.screenshot({ path: target("my-day-dark-ru") });
      await page.setViewportSize({ width: 390, height: 844 });
      await settled(page);
      await page.screenshot({ path: target("my-day-phone") });
      await useLanguage(page, "en");
    }
  });
}
