import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Role, signIn, useLanguage } from "./support/pages.ts";

/** Pictures of the main pages for the documentation: `npm run pictures`. */
const target = (name: string) => fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));
const example = fileURLToPath(new URL("../../examples/request-follow-up/request-follow-up.bpmn", import.meta.url));

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  name: string;
  role: Role;
  /** An address, or a list whose first row leads to the page. */
  page: string | { firstOf: string };
  locale?: "ru";
  dark?: true;
  phone?: true;
}

const PICTURES: Picture[] = [
  { name: "my-day", role: "Employee", page: "/" },
  { name: "my-day-dark", role: "Employee", page: "/", dark: true },
  { name: "my-day-phone-ru", role: "Employee", page: "/", phone: true, locale: "ru" },
  { name: "calendar", role: "Manager", page: "/calendar" },
  { name: "calendar-phone", role: "Manager", page: "/calendar", phone: true },
  { name: "case", role: "Employee", page: { firstOf: "/records/case?view=open" } },
  { name: "case-ru", role: "Employee", page: { firstOf: "/records/case?view=open" }, locale: "ru" },
  { name: "task", role: "Employee", page: { firstOf: "/" } },
  { name: "processes", role: "Manager", page: "/processes" },
  { name: "process-map", role: "Manager", page: { firstOf: "/processes" } },
  { name: "process-map-phone", role: "Manager", page: { firstOf: "/processes" }, phone: true },
  { name: "instance", role: "Manager", page: { firstOf: "/instances" } },
  { name: "editor", role: "Analyst", page: { firstOf: "/processes" } },
];

async function settled(page: Page) {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  if ((await page.getByTestId("diagram").count()) > 0) await expect(page.getByTestId("diagram").first()).toHaveAttribute("data-drawn", "yes");
  await page.waitForTimeout(900);
}

async function firstRow(page: Page, list: string): Promise<string> {
  await page.goto(list);
  return (await page.locator("[data-row-link]").first().getAttribute("href")) ?? list;
}

test("sign-in", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await page.screenshot({ path: target("sign-in") });
});

for (const picture of PICTURES) {
  test(picture.name, async ({ page }) => {
    if (picture.dark) {
      await page.emulateMedia({ colorScheme: "dark" });
      await page.addInitScript(() => localStorage.setItem("redthread-colour-scheme", "dark"));
    }
    await signIn(page, picture.role);
    const path = typeof picture.page === "string" ? picture.page : await firstRow(page, picture.page.firstOf);
    if (picture.locale) await useLanguage(page, picture.locale);
    await page.setViewportSize(picture.phone ? PHONE : WIDE);
    await page.goto(picture.name === "editor" ? `${path}/edit` : path);
    if (picture.name === "editor") await expect(page.getByTestId("editor")).toHaveAttribute("data-ready", "true");
    await settled(page);
    await page.screenshot({ path: target(picture.name) });
    if (picture.locale) await useLanguage(page, "en");
  });
}

for (const locale of ["en", "ru"] as const) {
  test(`upload-problems-${locale}`, async ({ page }) => {
    await signIn(page, "Analyst");
    await useLanguage(page, locale);
    await page.goto("/processes");
    // Two mistakes that people make: a task that does not say what it does, and a way without a condition.
    const broken = readFileSync(example, "utf8").replace('type="crm:create-call"', 'type=""').replace(/<bpmn:conditionExpression[\s\S]*?<\/bpmn:conditionExpression>/, "");
    await page.getByTestId("upload").setInputFiles({ name: "request-follow-up.bpmn", mimeType: "application/xml", buffer: Buffer.from(broken) });
    await expect(page.getByRole("dialog").getByTestId("diagram")).toHaveAttribute("data-drawn", "yes");
    await settled(page);
    await page.screenshot({ path: target(locale === "en" ? "upload-problems" : "upload-problems-ru") });
    await useLanguage(page, "en");
  });
}
