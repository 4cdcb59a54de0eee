import { expect, type Page, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { signIn, useLanguage } from "./support/pages.ts";

/** Pictures of the main pages for the documentation: `npm run pictures`. */
const target = (name: string) => fileURLToPath(new URL(`../../docs/pictures/${name}.png`, import.meta.url));
/** The second example, which the demo company does not have from the start. */
const triage = ["request-triage.bpmn", "triage.dmn", "take-in.form"].map((file) => fileURLToPath(new URL(`../../examples/request-triage/${file}`, import.meta.url)));
/** The third, whose instances stand in several places at once. */
const escalation = ["request-escalation.bpmn", "work-on-request.form"].map((file) => fileURLToPath(new URL(`../../examples/request-escalation/${file}`, import.meta.url)));
const example = fileURLToPath(new URL("../../examples/request-follow-up/request-follow-up.bpmn", import.meta.url));

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  name: string;
  /** Whose page it is, by role or name: names in the language of the picture. */
  who: string;
  /** An address, or a list whose first row leads to the page. */
  page: string | { firstOf: string };
  locale?: "ru";
  /** What must be there before the picture is taken, where something is drawn late. */
  shows?: string;
  dark?: true;
  phone?: true;
  /** What a decision is tried out with, by the names of its inputs. */
  try?: Record<string, string>;
}

const PICTURES: Picture[] = [
  { name: "my-day", who: "Marta Vogel", page: "/" },
  { name: "my-day-dark", who: "Marta Vogel", page: "/", dark: true },
  { name: "my-day-phone-ru", who: "Олег Соколов", page: "/", phone: true, locale: "ru" },
  { name: "calendar", who: "Manager", page: "/calendar" },
  { name: "calendar-phone", who: "Manager", page: "/calendar", phone: true },
  { name: "case", who: "Marta Vogel", page: { firstOf: "/records/case?f.status=closed" } },
  { name: "case-ru", who: "Олег Соколов", page: { firstOf: "/records/case?f.status=closed" }, locale: "ru" },
  { name: "task", who: "Marta Vogel", page: { firstOf: "/" } },
  { name: "processes", who: "Manager", page: "/processes" },
  { name: "process-map", who: "Manager", page: { firstOf: "/processes" }, shows: ".rt-badge" },
  { name: "process-map-phone", who: "Manager", page: { firstOf: "/processes" }, shows: ".rt-badge", phone: true },
  { name: "decision", who: "Analyst", page: { firstOf: "/decisions" }, shows: "[data-testid=decision][data-drawn=yes]", try: { category: "order", tier: "silver", amount: "12000" } },
  { name: "decision-dark", who: "Analyst", page: { firstOf: "/decisions" }, shows: "[data-testid=decision][data-drawn=yes]", dark: true },
  { name: "decision-phone-ru", who: "Analyst", page: { firstOf: "/decisions" }, shows: "[data-testid=decision][data-drawn=yes]", phone: true, locale: "ru" },
  { name: "instance", who: "Manager", page: { firstOf: "/instances" }, shows: ".rt-now" },
  { name: "editor", who: "Analyst", page: { firstOf: "/processes" } },
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

test("upload-decision", async ({ page }) => {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await page.getByTestId("upload").setInputFiles(triage);
  await expect(page.getByRole("dialog").getByText("Deployed", { exact: true }).first()).toBeVisible();
  await settled(page);
  await page.screenshot({ path: target("upload-decision") });
});

/** Tries a decision out: each value is chosen where there is a choice, else written. */
async function tryOut(page: Page, values: Record<string, string>) {
  const form = page.getByTestId("try-out");
  for (const [name, value] of Object.entries(values)) {
    const field = form.getByLabel(name, { exact: true }).first();
    await field.click();
    const option = page.getByRole("option", { name: value, exact: true });
    await ((await option.count()) > 0 ? option.click() : field.fill(value));
  }
  await form.getByRole("button", { name: "Ask" }).click();
  await expect(page.getByTestId("answer")).toBeVisible();
}

for (const picture of PICTURES) {
  test(picture.name, async ({ page }) => {
    if (picture.dark) {
      await page.emulateMedia({ colorScheme: "dark" });
      await page.addInitScript(() => localStorage.setItem("redthread-colour-scheme", "dark"));
    }
    await signIn(page, picture.who);
    const path = typeof picture.page === "string" ? picture.page : await firstRow(page, picture.page.firstOf);
    if (picture.locale) await useLanguage(page, picture.locale);
    await page.setViewportSize(picture.phone ? PHONE : WIDE);
    await page.goto(picture.name === "editor" ? `${path}/edit` : path);
    if (picture.name === "editor") await expect(page.getByTestId("editor")).toHaveAttribute("data-ready", "true");
    if (picture.shows) await expect(page.locator(picture.shows).first()).toBeVisible();
    if (picture.try) await tryOut(page, picture.try);
    await settled(page);
    await page.screenshot({ path: target(picture.name) });
    if (picture.locale) await useLanguage(page, "en");
  });
}

/** An urgent request, about which its process stands in several places at once; its instance's page. */
async function urgentRequest(page: Page): Promise<string> {
  await signIn(page, "Analyst");
  await page.goto("/processes");
  await page.getByTestId("upload").setInputFiles(escalation);
  await expect(page.getByRole("dialog").getByText("Deployed", { exact: true }).first()).toBeVisible();
  return page.evaluate(async () => {
    const headers = { "content-type": "application/json", "x-redthread": "1" };
    const subject = "The terminal at the counter is down";
    await fetch("/api/records/case", { method: "POST", headers, body: JSON.stringify({ fields: { subject, priority: "high" } }) });
    const { items } = await (await fetch("/api/instances?process=request-escalation&state=active")).json();
    return `/instances/${items[0].key}`;
  });
}

test("instance-escalation", async ({ page }) => {
  const path = await urgentRequest(page);
  for (const { name, dark, phone, locale } of [{ name: "instance-escalation", dark: false, phone: false, locale: "en" }, { name: "instance-escalation-phone-ru", dark: true, phone: true, locale: "ru" }] as const) {
    await page.setViewportSize(WIDE);
    await useLanguage(page, locale);
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await page.setViewportSize(phone ? PHONE : WIDE);
    await page.goto(path);
    await expect(page.locator(".rt-now").first()).toBeVisible();
    await settled(page);
    await page.screenshot({ path: target(name) });
  }
  await page.setViewportSize(WIDE);
  await useLanguage(page, "en");
});

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
