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

/** How many weeks ahead an entry is looked for. */
const WEEKS_AHEAD = 3;

/** Opens the calendar at the week in which an entry stands: this one or, past a weekend or holidays, a later one. */
export async function findInCalendar(page: Page, text: string) {
  await page.getByRole("link", { name: "Calendar", exact: true }).first().click();
  const entry = page.getByRole("button").filter({ hasText: text }).first();
  const next = page.getByRole("button", { name: "Next", exact: true });
  await expect(next).toBeVisible();
  for (let week = 0; week < WEEKS_AHEAD; week += 1) {
    // What the week has is known once the page is no longer busy, however long that takes.
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    if ((await entry.count()) > 0) break;
    await next.click();
  }
  await expect(entry).toBeVisible();
  return entry;
}

/** Process time now, and when the reminder of the activity with this title comes, as the server has it. */
export async function reminderOf(page: Page, title: string): Promise<{ now: number; reminder: number }> {
  return page.evaluate(async (text) => {
    const json = async (path: string) => (await fetch(path)).json();
    const now = Date.parse((await json("/api/about")).now);
    const [from, to] = [new Date(now - 86_400_000), new Date(now + 21 * 86_400_000)].map((at) => encodeURIComponent(at.toISOString()));
    const entries: { title: string; remindAt: string | null; record: { title: string } | null }[] = await json(`/api/calendar?from=${from}&to=${to}`);
    const entry = entries.find((one) => one.title.includes(text) || one.record?.title.includes(text));
    return { now, reminder: Date.parse(entry?.remindAt ?? "") };
  }, title);
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
