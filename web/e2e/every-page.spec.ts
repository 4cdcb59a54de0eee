import { expect, type Page, test } from "@playwright/test";
import { noRawWords, sticksOut, violations } from "./support/checks.ts";
import { complaints, signIn, useLanguage } from "./support/pages.ts";

const LIST_PAGES = ["/", "/calendar", "/records/case", "/records/account", "/records/contact", "/records/deal", "/processes", "/instances", "/decisions", "/outbox", "/administration", "/administration?tab=teams", "/administration?tab=calendar", "/?create=case", "/?create=call", "/nowhere"];

/** The first row of a list leads to a card: found in the page, so that it works with any data. */
async function cards(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const list of ["/records/case", "/processes", "/instances?state=all", "/decisions"]) {
    await page.goto(list);
    const link = page.locator("[data-row-link]").first();
    await link.waitFor({ timeout: 5_000 }).catch(() => {});
    const href = await link.getAttribute("href", { timeout: 500 }).catch(() => null);
    if (href) found.push(href);
  }
  const map = found.find((href) => href.startsWith("/processes/"));
  return map ? [...found, `${map}/edit`] : found;
}

async function settled(page: Page) {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.waitForLoadState("networkidle").catch(() => {});
  // What fades in is measured at its end; what never ends, as a spinner, is not waited for.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
  });
}

async function show(page: Page, scheme: "light" | "dark") {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", scheme);
  await settled(page);
}

for (const width of [1440, 390]) {
  test(`every page is accessible and quiet: ${width} px, light and dark`, async ({ page }) => {
    test.setTimeout(600_000);
    const bad: string[] = [];
    const look = async () => {
      await show(page, "light");
      bad.push(...(await violations(page)));
      await noRawWords(page);
      // Nothing sticks out: a page never scrolls sideways.
      const over = await sticksOut(page);
      if (over > 1) bad.push(`${page.url()} scrolls sideways by ${over} px`);
      await show(page, "dark");
      bad.push(...(await violations(page, "colours")).map((violation) => `dark: ${violation}`));
    };
    const heard = complaints(page);
    await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
    await page.goto("/");
    await look();
    await page.setViewportSize({ width: 1440, height: 900 });
    await signIn(page, "Administrator");
    const all = [...LIST_PAGES, ...(await cards(page))];
    await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
    for (const path of all) {
      await page.goto(path);
      await look();
    }
    expect(bad).toEqual([]);
    expect(heard.filter((line) => !line.includes("404"))).toEqual([]);
  });
}

test("every page is accessible in Russian, wide and on a phone", async ({ page }) => {
  test.setTimeout(600_000);
  const bad: string[] = [];
  await signIn(page, "Administrator");
  const all = [...LIST_PAGES, ...(await cards(page))];
  await useLanguage(page, "ru");
  for (const path of all) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path);
    await show(page, "light");
    await noRawWords(page);
    bad.push(...(await violations(page, "others")));
    // The same page, now on a phone: Russian words are longer. Colours know no language.
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    bad.push(...(await violations(page, "others")).map((violation) => `390 px: ${violation}`));
    const over = await sticksOut(page);
    if (over > 1) bad.push(`${path} scrolls sideways by ${over} px in Russian`);
  }
  expect(bad).toEqual([]);
});
