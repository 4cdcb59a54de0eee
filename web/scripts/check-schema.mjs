// Fails when src/api/schema.d.ts is not what api/openapi.json gives: `npm run schema` was forgotten.
// It makes the file with the same program as `npm run schema`, so that both always agree on its form.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = createRequire(import.meta.url).resolve("openapi-typescript/package.json");
const program = join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin["openapi-typescript"]);
const expected = execFileSync(process.execPath, [program, "../api/openapi.json"], {
  cwd: web,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
  stdio: ["ignore", "pipe", "inherit"],
});
if (readFileSync(join(web, "src/api/schema.d.ts"), "utf8") !== expected) {
  console.error("src/api/schema.d.ts is not what api/openapi.json gives any more. Run `npm run schema` and look at what it changes.");
  process.exit(1);
}
