// Pico's style sheet, less what this site does not use. Its unminified file is divided by headings in
// comments; we keep some divisions and give the colours ourselves (static/src/css/tokens.css).

const KEPT = [
  "Document",
  "Typography",
  "Link",
  "Button",
  "Table",
  "Embedded content",
  "Figure",
  "Misc",
  "Basics form elements",
  "Checkboxes, Radios and Switches",
  "Input type datetime",
  "Input type file",
  "Reduce Motion Features",
];

/** The divisions we keep, in Pico's order; throws when a new release no longer has one of them. */
export function usedPico(sheet) {
  const licence = sheet.match(/\/\*![\s\S]*?\*\//)?.[0] ?? "";
  const [, ...parts] = sheet.split(/^\/\*\*\n \* /m);
  const divisions = new Map(parts.map((part) => [part.slice(0, part.indexOf("\n")), part]));
  const missing = KEPT.filter((title) => !divisions.has(title));
  if (missing.length) {
    throw new Error(`this release of Pico has no division “${missing.join("”, “")}”; see frontend/pico.mjs.`);
  }
  const kept = KEPT.map((title) => divisions.get(title).replace(/^[\s\S]*?\*\//, ""));
  return [licence, ...kept].join("\n");
}
