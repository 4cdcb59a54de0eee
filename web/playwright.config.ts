import { defineConfig, devices } from "@playwright/test";

/** The server under test; `make test` starts one and says where. */
const baseURL = process.env.REDTHREAD_URL ?? "http://127.0.0.1:8080";

const launchOptions = {
  // Debian's browser; another one by REDTHREAD_CHROMIUM.
  executablePath: process.env.REDTHREAD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};

export default defineConfig({
  testDir: "e2e",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // One server with one clock: tests that move it must not run beside others.
  workers: 1,
  reporter: [["list"]],
  use: { baseURL, launchOptions, locale: "en-GB", trace: "retain-on-failure", ...devices["Desktop Chrome"], viewport: { width: 1440, height: 900 } },
  projects: [
    { name: "e2e", testIgnore: "pictures.spec.ts" },
    { name: "pictures", testMatch: "pictures.spec.ts" },
  ],
});
