// Fails when the JavaScript and CSS of the first load pass their budgets (gzipped, from Vite's manifest).
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const OUT = new URL("../../src/windlass/server/static/", import.meta.url);
const BUDGET_KB = { js: 170, css: 40 };

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", OUT), "utf8"));
const gzipKb = (file) => gzipSync(readFileSync(new URL(file, OUT)), { level: 9 }).length / 1000;

/** The files that a chunk needs before it can run: itself, its static imports, their style sheets. */
function closure(key, seen = new Set(), files = new Set()) {
  if (seen.has(key)) return files;
  seen.add(key);
  const chunk = manifest[key];
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const next of chunk.imports ?? []) closure(next, seen, files);
  return files;
}

const total = (files, extension) =>
  [...files].filter((file) => file.endsWith(extension)).reduce((sum, file) => sum + gzipKb(file), 0);

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const base = closure(entry);
let failed = false;
const rows = [["entry", base]];
for (const key of Object.keys(manifest).filter((name) => /Page\.tsx$/.test(name))) {
  rows.push([key.replace(/^src\//, ""), closure(key, new Set(), new Set(base))]);
}
for (const [name, files] of rows) {
  const js = total(files, ".js");
  const css = total(files, ".css");
  const over = js > BUDGET_KB.js || css > BUDGET_KB.css;
  failed ||= over;
  console.log(
    `${over ? "over " : "ok   "} ${name.padEnd(34)} js ${js.toFixed(1).padStart(6)} kB  css ${css.toFixed(1).padStart(5)} kB`,
  );
}
if (failed) {
  console.error(
    `First load is over the budget of ${BUDGET_KB.js} kB JavaScript and ${BUDGET_KB.css} kB CSS (gzipped).`,
  );
  process.exit(1);
}
