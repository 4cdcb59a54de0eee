import { expect, type Page } from "@playwright/test";

export type Role = "Analyst" | "Employee" | "Manager" | "Administrator";

/** Signs in as the first person of the demo company who has this role, or this name, in English. */
export async function signIn(page: Page, role: Role | (string & {})): Promise<string> {
  await page.addInitScript(() => localStorage.setItem("redthread-locale", "en"));
  await page.goto("/");
  const person = page.getByRole("region", { name: /Demo/ }).getByRole("button").filter({ hasText: role }).first();
  const text = (await person.textContent()) ?? "";
  await person.click();
  // In whatever language the account has.
  await expect(page.getByRole("navigation")).toBeVisible();
  await useLanguage(page, "en");
  return text.replace(/^[A-ZÀ-Я]{1,2}/, "").replace(role, "").trim();
}

/** The account's language decides once one is signed in. */
export async function useLanguage(page: Page, locale: "en" | "ru") {
  const done = await page.evaluate(async (chosen) => {
    const answer = await fetch("/api/session", { method: "PATCH", headers: { "content-type": "application/json", "x-redthread": "1" }, body: JSON.stringify({ locale: chosen }) });
    localStorage.setItem("redthread-locale", chosen);
    return answer.ok;
  }, locale);
  expect(done).toBe(true);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", locale);
  await expect(page.getByRole("navigation")).toBeVisible();
}

export async function signOut(page: Page) {
  await page.getByRole("button", { name: /settings and sign out/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

/** Moves the demo's clock with its own buttons. */
export async function moveClock(page: Page, step: "+1 hour" | "+1 day" | "+1 week") {
  const clock = page.getByTestId("demo-time");
  const before = await clock.textContent();
  await page.getByRole("region", { name: "Demo clock" }).getByRole("button", { name: step }).click();
  await expect(clock).not.toHaveText(before ?? "");
}

/** Opens the calendar at the week in which an entry stands: this one or, past a weekend, the next. */
export async function findInCalendar(page: Page, text: string) {
  await page.getByRole("link", { name: "Calendar", exact: true }).first().click();
  const entry = page.getByRole("button").filter({ hasText: text }).first();
  await expect(page.getByRole("button", { name: "Next", exact: true })).toBeVisible();
  if (!(await entry.waitFor({ timeout: 3_000 }).then(() => true, () => false))) await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(entry).toBeVisible();
  return entry;
}

/** Everything that the browser complains about while a page is shown. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // Asking who is signed in is answered with 401 before the sign-in; browsers log every such answer.
    if (message.type() === "error" && !message.text().includes("401")) heard.push(`${page.url()}: ${message.text()}`);
  });
  return heard;
}
