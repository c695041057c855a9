// One SVG file that holds the icons we use, each as a <symbol>, read from the Tabler family.
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The names in the list: one a line; empty lines and what follows a # do not count. */
function namesIn(list) {
  const names = list
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);
  return [...new Set(names)].sort();
}

async function symbol(name, folder) {
  const svg = await readFile(join(folder, `${name}.svg`), "utf8");
  const drawing = svg
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>[\s\S]*$/, "")
    .replace(/<path stroke="none"[^>]*\/>/g, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing}</symbol>`;
}

/** The sprite as [[name, contents]]; throws with a sentence that names each icon that does not exist. */
export async function sprite(listFile, folder) {
  const names = namesIn(await readFile(listFile, "utf8"));
  const known = await Promise.all(
    names.map((name) => access(join(folder, `${name}.svg`)).then(() => true, () => false)),
  );
  const unknown = names.filter((_, index) => !known[index]);
  if (unknown.length) {
    throw new Error(
      `static/src/icons.txt names ${unknown.map((name) => `“${name}”`).join(", ")}, which Tabler's outline icons do not have.`,
    );
  }
  const symbols = await Promise.all(names.map((name) => symbol(name, folder)));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${symbols.join("")}</svg>`;
  return [["sprite.svg", Buffer.from(svg)]];
}
