// Builds static/dist from static/src: one style sheet, the scripts, the icon sprite, the site's own
// logo, and manifest.json (logical name → hashed name). Everything is also written compressed.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";
import { logos } from "./logo.mjs";
import { sprite } from "./sprite.mjs";
import { usedPico } from "./pico.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "static", "src");
const dist = join(root, "static", "dist");

/** What a first page may weigh, in bytes of gzip: what we promise, checked at each build. */
const CEILINGS = { "answers.js": 3_000, "app.css": 20_000, "app.js": 15_000, "desk.css": 5_000, "desk.js": 15_000, "drafts.js": 5_000, "files.js": 3_000, "form.js": 3_000, "questions.css": 2_000, "questions.js": 3_000, "stay.js": 2_000 };

/** Phones of 2021 and later, and desktops of the same age. */
const TARGET = ["chrome88", "firefox85", "safari14"];

const pico = {
  name: "pico",
  setup(bundle) {
    bundle.onResolve({ filter: /^pico$/ }, () => ({ path: "pico", namespace: "pico" }));
    bundle.onLoad({ filter: /.*/, namespace: "pico" }, async () => ({
      contents: usedPico(
        await readFile(join(root, "node_modules/@picocss/pico/css/pico.classless.css"), "utf8"),
      ),
      loader: "css",
    }));
  },
};

async function bundled() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      answers: join(source, "js/answers.js"),
      app: join(source, "js/app.js"),
      desk: join(source, "js/desk.js"),
      drafts: join(source, "js/drafts.js"),
      files: join(source, "js/files.js"),
      form: join(source, "js/form.js"),
      questions: join(source, "js/questions.js"),
      stay: join(source, "js/stay.js"),
      "app-css": join(source, "css/app.css"),
      "desk-css": join(source, "css/desk.css"),
      "questions-css": join(source, "css/questions.css"),
      sheet: join(source, "css/sheet.css"),
    },
    bundle: true,
    format: "esm",
    legalComments: "inline",
    loader: { ".svg": "dataurl" },
    logLevel: "warning",
    minify: true,
    outdir: dist,
    plugins: [pico],
    target: TARGET,
    write: false,
  });
  return outputFiles.map(({ path, contents }) => [
    path.slice(dist.length + 1).replace("-css.css", ".css"),
    Buffer.from(contents),
  ]);
}

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

async function write(name, contents) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  const ending = extname(name);
  const hashed = `${name.slice(0, -ending.length)}-${hash}${ending}`;
  const file = join(dist, hashed);
  const writes = [writeFile(file, contents)];
  let zipped = contents;
  if (ending !== ".png") {
    zipped = await compressGzip(contents, { level: 9 });
    const brotli = await compressBrotli(contents, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length },
    });
    writes.push(writeFile(`${file}.gz`, zipped), writeFile(`${file}.br`, brotli));
    console.log(
      `${name.padEnd(16)} ${String(contents.length).padStart(7)} B   gzip ${String(zipped.length).padStart(6)} B   brotli ${String(brotli.length).padStart(6)} B`,
    );
  }
  await Promise.all(writes);
  if (CEILINGS[name] && zipped.length > CEILINGS[name]) {
    throw new Error(`${name} weighs ${zipped.length} bytes compressed; the ceiling is ${CEILINGS[name]}.`);
  }
  return [name, hashed];
}

async function main() {
  const started = performance.now();
  const files = (
    await Promise.all([
      bundled(),
      sprite(join(source, "icons.txt"), join(root, "node_modules/@tabler/icons/icons/outline")),
      logos(),
    ])
  ).flat();
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const written = await Promise.all(files.map(([name, contents]) => write(name, contents)));
  written.sort(([a], [b]) => a.localeCompare(b));
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify(Object.fromEntries(written), null, 2)}\n`);
  console.log(`static/dist: ${written.length} files in ${Math.round(performance.now() - started)} ms`);
}

main().catch((error) => {
  console.error(`The front end was not built: ${error.message}`);
  process.exit(1);
});
