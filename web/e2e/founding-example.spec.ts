import { expect, test } from "@playwright/test";
import { fileURLToPath } from "node:url";
import { findInCalendar, moveClock, reminderOf, signIn, signOut } from "./support/pages.ts";
import { readable, SmtpServer } from "./support/smtp.ts";
import { SMTP_PORT } from "../playwright.config.ts";

const example = (file: string) => fileURLToPath(new URL(`../../examples/request-follow-up/${file}`, import.meta.url));

const smtp = new SmtpServer();
test.beforeAll(() => smtp.start(SMTP_PORT));
test.afterAll(() => smtp.stop());

test("a request is closed, a week later the client is called, and the process ends", async ({ page }) => {
  test.setTimeout(180_000);
  const subject = `The invoice names the wrong street ${Date.now()}`;

  await test.step("the analyst drops the diagram on the page", async () => {
    await signIn(page, "Analyst");
    await page.getByRole("link", { name: "Processes" }).click();
    await page.getByTestId("upload").setInputFiles([example("request-follow-up.bpmn"), example("solve-problem.form")]);
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("Request follow-up", { exact: true })).toBeVisible();
    await expect(dialog.getByText(/[Vv]ersion \d+/).first()).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByRole("table").getByRole("link", { name: "Request follow-up" })).toBeVisible();
    await signOut(page);
  });

  const employee = await test.step("the employee closes a case", async () => {
    const name = await signIn(page, "Employee");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("menuitem", { name: "New case" }).click();
    await page.getByLabel("Subject").fill(subject);
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await expect(page.getByRole("heading", { level: 1, name: subject })).toBeVisible();
    await page.getByRole("button", { name: "Close case" }).click();
    await page.getByRole("textbox", { name: "Resolution" }).fill("A corrected invoice was sent.");
    await page.getByRole("dialog").getByRole("button", { name: "Close case" }).click();
    // Without a reload: the process began by itself and stands at the call.
    await expect(page.getByRole("region", { name: "Where it stands" })).toContainText("Call the client");
    return name;
  });

  await test.step("a week later the call stands in the calendar, and its reminder comes", async () => {
    await moveClock(page, "+1 week");
    await findInCalendar(page, subject);
    // The reminder comes before the call; an hour covers the time to the start of the working day.
    const { now, reminder } = await reminderOf(page, subject);
    expect(reminder).not.toBeNaN();
    const mailed = () => smtp.mails.some((mail) => readable(mail).includes(subject));
    for (let at = now; at < reminder; at += 3_600_000) {
      expect(mailed()).toBe(false);
      await moveClock(page, "+1 hour");
    }
    await expect.poll(mailed, { timeout: 30_000 }).toBe(true);
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await expect(page.getByRole("dialog").getByText(subject).first()).toBeVisible();
    await page.keyboard.press("Escape");
  });

  await test.step("the outcome is recorded as fine", async () => {
    await (await findInCalendar(page, subject)).click();
    await page.getByRole("button", { name: "Record the call" }).click();
    await page.getByText("All is well").click();
    await page.getByLabel("Note").fill("The new invoice is right.");
    await page.getByRole("button", { name: "Record", exact: true }).click();
    await expect(page.getByText("Recorded.")).toBeVisible();
    await signOut(page);
  });

  await test.step("the manager sees that it ended, and how", async () => {
    await signIn(page, "Manager");
    await page.getByRole("link", { name: "Instances" }).click();
    await page.getByRole("button", { name: "Ended" }).click();
    await page.getByRole("link", { name: subject }).click();
    await expect(page.getByText("Ended", { exact: true }).first()).toBeVisible();
    await expect(page.getByTestId("diagram")).toHaveAttribute("data-drawn", "yes");
    await expect(page.locator('[data-element-id="ClientHappy"]')).toHaveClass(/rt-done/);
    await expect(page.locator('[data-element-id="SolveProblem"]')).toHaveClass(/rt-never/);
    await expect(page.getByRole("row", { name: /outcome/ })).toContainText("fine");
    expect(employee).not.toBe("");
  });
});

test("a problem reopens the request and gives its owner a task", async ({ page }) => {
  const subject = `The lamp flickers ${Date.now()}`;
  await signIn(page, "Employee");
  await page.goto("/?create=case");
  await page.getByLabel("Subject").fill(subject);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Close case" }).click();
  await page.getByRole("textbox", { name: "Resolution" }).fill("A new lamp was sent.");
  await page.getByRole("dialog").getByRole("button", { name: "Close case" }).click();
  await expect(page.getByRole("region", { name: "Where it stands" })).toContainText("Call the client");
  const card = page.url();

  await moveClock(page, "+1 week");
  await (await findInCalendar(page, subject)).click();
  await page.getByRole("button", { name: "Record the call" }).click();
  await page.getByText("There is a problem").click();
  await page.getByLabel("Note").fill("It still flickers.");
  await page.getByRole("button", { name: "Record", exact: true }).click();

  await page.goto(card);
  await expect(page.getByText("In progress").first()).toBeVisible();
  await page.getByRole("link", { name: "My day", exact: true }).click();
  await page.getByRole("link").filter({ hasText: subject }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Solve the client's problem" })).toBeVisible();
  await page.getByTestId("task-form").getByRole("textbox", { name: /^Solution/ }).fill("The socket was exchanged.");
  await page.getByRole("button", { name: "Complete" }).click();
  await expect(page.getByText(/is completed/)).toBeVisible();
  await page.goto(card);
  await expect(page.getByText("Ended").first()).toBeVisible();
});
