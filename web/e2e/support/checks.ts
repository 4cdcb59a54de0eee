import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The rules about colours: they depend on the scheme, and on nothing that words or their language change. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What a page does against the rules of accessibility, a line each: all of them, those about colours, or the others. */
export async function violations(page: Page, rules: "all" | "colours" | "others" = "all"): Promise<string[]> {
  // What bpmn.io draws and its panels' own controls are not ours to change.
  const axe = new AxeBuilder({ page }).exclude(".djs-container").exclude(".bio-properties-panel").exclude(".fjs-container");
  const asked = rules === "colours" ? axe.withRules(COLOURS) : axe.withTags(["wcag2a", "wcag2aa", "wcag21aa"]);
  const { violations: found } = await (rules === "others" ? asked.disableRules(COLOURS) : asked).analyze();
  return found.map((violation) => `${new URL(page.url()).pathname} ${violation.id}: ${violation.help} ${violation.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`);
}

/** No key of a word and no placeholder is shown instead of the word. */
export async function noRawWords(page: Page) {
  expect(await page.locator("body").innerText(), page.url()).not.toMatch(/\{\{|\}\}|\b[a-z-]+:[a-z]\w*\.[a-z]/);
}

/** How far a page can be scrolled sideways, which it never should. */
export function sticksOut(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
