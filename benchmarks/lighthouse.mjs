// Lighthouse, as a phone would see the site: performance and accessibility of the pages most read.
//   node benchmarks/lighthouse.mjs http://127.0.0.1:8000 home=/fr/ quartier=/fr/quartiers/... [--json FILE]
// CHROMIUM names the browser (Debian's by default). Ends with status 1 where a score is under its goal.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const SHORT = process.env.BENCH === "short";
/** What is judged: the short form runs beside other work, and says nothing of speed. */
const GOALS = { performance: SHORT ? 0 : 95, accessibility: 100 };
const RUNS = SHORT ? 1 : 3;
/** Nothing of the browser's own may look for a network. */
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" } },
});
const [base, ...pages] = positionals;

const score = (category) => Math.round(100 * category.score);
const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** One report. On a busy machine the trace of a page may begin too late, and Lighthouse asks to be run again. */
async function report(url, port, tries = 3) {
  const { lhr } = await lighthouse(url, {
    port,
    formFactor: "mobile",
    onlyCategories: Object.keys(GOALS),
    logLevel: "error",
    output: "json",
  });
  if (!lhr.runtimeError) return lhr;
  if (tries > 1 && lhr.runtimeError.code === "NO_NAVSTART") return report(url, port, tries - 1);
  throw new Error(`${url}: ${lhr.runtimeError.message}`);
}

/** The middle of a few runs of each measure: one run of Lighthouse on a busy machine says little. */
async function judge(url, port) {
  const seen = [];
  for (let run = 0; run < RUNS; run += 1) seen.push(await report(url, port));
  const audits = (name) => middle(seen.map((lhr) => lhr.audits[name].numericValue));
  return {
    performance: middle(seen.map((lhr) => score(lhr.categories.performance))),
    accessibility: Math.min(...seen.map((lhr) => score(lhr.categories.accessibility))),
    largest_contentful_paint_ms: Math.round(audits("largest-contentful-paint")),
    total_blocking_time_ms: Math.round(audits("total-blocking-time")),
    layout_shift: Number(audits("cumulative-layout-shift").toFixed(3)),
    failed: Object.values(seen[0].audits)
      .filter((audit) => audit.scoreDisplayMode === "binary" && audit.score === 0)
      .map((audit) => audit.id),
  };
}

const browser = await launch({ chromePath: process.env.CHROMIUM || "/usr/bin/chromium", chromeFlags: FLAGS });
const results = {};
try {
  for (const page of pages) {
    const [name, path] = page.split(/=(.*)/s);
    results[name] = await judge(base + path, browser.port);
  }
} finally {
  browser.kill();
}

const columns = ["performance", "accessibility", "largest_contentful_paint_ms", "total_blocking_time_ms", "layout_shift"];
console.log(`${"page".padEnd(12)}${columns.map((name) => name.padStart(name.length + 2)).join("")}`);
for (const [name, measured] of Object.entries(results)) {
  console.log(
    `${name.padEnd(12)}${columns.map((column) => String(measured[column]).padStart(column.length + 2)).join("")}` +
      (measured.failed.length ? `   fails: ${measured.failed.join(", ")}` : ""),
  );
}
console.log(JSON.stringify(results));
if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`);
const missed = Object.values(results).some((measured) =>
  Object.entries(GOALS).some(([category, goal]) => measured[category] < goal),
);
process.exitCode = missed ? 1 : 0;
