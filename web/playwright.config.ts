import { defineConfig, devices } from "@playwright/test";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where the SMTP server of the tests listens, which the server under test sends its mail to. */
export const SMTP_PORT = Number(process.env.REDTHREAD_TEST_SMTP_PORT ?? 2526);

/** A server that runs already, or one of our own on a fresh demo company. */
const given = process.env.REDTHREAD_URL;
const listen = process.env.REDTHREAD_TEST_LISTEN ?? "127.0.0.1:8099";
const baseURL = given ?? `http://${listen}`;

const binary = process.env.REDTHREAD_BIN ?? join("..", process.env.CARGO_TARGET_DIR ?? "target", "debug", "redthread");
const env = {
  REDTHREAD_SMTP_HOST: "127.0.0.1",
  REDTHREAD_SMTP_PORT: String(SMTP_PORT),
  REDTHREAD_SMTP_TLS: "none",
  REDTHREAD_SMTP_FROM: "Redthread <redthread@example.com>",
};

function ownServer() {
  // Workers read this file too: only the first reading makes the folder.
  process.env.REDTHREAD_TEST_FOLDER ??= mkdtempSync(join(tmpdir(), "redthread-e2e-"));
  const database = join(process.env.REDTHREAD_TEST_FOLDER, "redthread.db");
  return { command: `${binary} serve --demo --listen ${listen} --database sqlite:${database}`, url: `${baseURL}/health`, env, timeout: 60_000, reuseExistingServer: false, stdout: "ignore" as const, stderr: "pipe" as const };
}

/** The system's browser, as `scripts/chromium` looks for it; another one by REDTHREAD_CHROMIUM. */
const chromium = process.env.REDTHREAD_CHROMIUM ?? ["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`).find(existsSync);

export default defineConfig({
  testDir: "e2e",
  // Two busy cores may take their time; what waits longer than this is broken.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // One server with one clock: tests that move it must not run beside others.
  workers: 1,
  forbidOnly: process.env.CI === "true",
  reporter: [["list"]],
  webServer: given ? undefined : ownServer(),
  use: {
    ...devices["Desktop Chrome"],
    baseURL,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  projects: [
    { name: "e2e", testIgnore: "pictures.spec.ts" },
    { name: "pictures", testMatch: "pictures.spec.ts" },
  ],
});
