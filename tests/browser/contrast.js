// What can be seen on a page, by WCAG 2.2: contrast of texts (1.4.3), and of what bounds a control (1.4.11).
// `contrastFindings()` gives a line for each thing that is too faint.
(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** [red, green, blue, alpha] of a computed colour, whatever its notation. */
  function parts(colour) {
    const plain = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(colour);
    if (plain) return [+plain[1], +plain[2], +plain[3], plain[4] === undefined ? 1 : +plain[4]];
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  const mix = (over, under, share) => over.map((part, index) => (index < 3 ? part * share + under[index] * (1 - share) : 1));
  const paint = (colour, under) => mix(colour, under, colour[3]);

  /** What lies under the content of an element; null is the ground of the page. */
  function ground(element) {
    if (!element) return [...parts(getComputedStyle(document.body).backgroundColor).slice(0, 3), 1];
    const style = getComputedStyle(element);
    const under = ground(element.parentElement);
    return mix(paint(parts(style.backgroundColor), under), under, Number(style.opacity));
  }

  /** A colour as it looks inside an element. */
  function shown(colour, element, under = ground(element)) {
    let seen = paint(parts(colour), under);
    for (let up = element; up; up = up.parentElement) {
      const opacity = Number(getComputedStyle(up).opacity);
      if (opacity < 1) seen = mix(seen, ground(up.parentElement), opacity);
    }
    return seen;
  }

  function luminance(colour) {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(one, other) {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  }

  /** Whether somebody who sees can see it: on the page, and not clipped away for those who listen. */
  function visible(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })) return false;
    for (let up = element; up; up = up.parentElement) {
      if (getComputedStyle(up).clipPath === "inset(50%)") return false;
    }
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1;
  }

  const name = (element) => {
    const words = (element.textContent || element.getAttribute("aria-label") || element.name || "").trim().replace(/\s+/g, " ");
    return `${element.tagName.toLowerCase()}${[...element.classList].map((each) => `.${each}`).join("")} « ${words.slice(0, 40)} »`;
  };
  const hex = (colour) => `#${colour.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

  const found = new Set();
  function judge(what, one, other, least) {
    const got = contrast(one, other);
    if (got < least) found.add(`${what}: ${hex(one)} on ${hex(other)}, ${got.toFixed(2)} of ${least}`);
  }

  const CONTROLS = "input:not([type=hidden]), select, textarea, button, .button, summary, label.choice, a.chip, .file-picker";

  /** What bounds a control: its border, or else its fill, beside what surrounds it. */
  function judgeBoundary(element) {
    const style = getComputedStyle(element);
    const around = ground(element.parentElement);
    const sides = ["Top", "Bottom", "Left", "Right"].filter((side) => parseFloat(style[`border${side}Width`]) >= 1);
    const drawn = sides.length === 4 && parts(style.borderTopColor)[3] > 0;
    const fill = paint(parts(style.backgroundColor), around);
    const filled = parts(style.backgroundColor)[3] > 0 && contrast(fill, around) > 1.05;
    if (!drawn && !filled) return; // words that are pressed, judged as words
    const edge = drawn ? shown(style.borderTopColor, element, around) : fill;
    // A fill of its own bounds a control as well as a line does.
    const best = contrast(fill, around) > contrast(edge, around) ? fill : edge;
    judge(`boundary of ${name(element)}`, best, around, 3);
  }

  function judgeTexts(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const judged = new Set();
    while (walker.nextNode()) {
      const { parentElement: element, data } = walker.currentNode;
      if (!data.trim() || judged.has(element)) continue;
      judged.add(element);
      if (element.closest("script, style, template, noscript, option, [disabled], svg") || !visible(element)) continue;
      judge(`text of ${name(element)}`, shown(getComputedStyle(element).color, element), ground(element), 4.5);
    }
  }

  window.contrastFindings = () => {
    found.clear();
    judgeTexts(document.body);
    for (const text of document.querySelectorAll("svg text")) {
      if (visible(text)) judge(`text of ${name(text)}`, shown(getComputedStyle(text).fill, text), ground(text.closest("svg")), 4.5);
    }
    for (const icon of document.querySelectorAll("svg.icon")) {
      // What stands in a field lies over it, beside it in the source.
      const under = getComputedStyle(icon).position === "absolute" ? icon.parentElement.querySelector("input") : icon;
      if (visible(icon)) judge(`icon in ${name(icon.parentElement)}`, shown(getComputedStyle(icon).stroke, under), ground(under), 3);
    }
    for (const field of document.querySelectorAll("input, select, textarea")) {
      if (!visible(field) || field.disabled || /^(radio|checkbox|file|hidden)$/.test(field.type)) continue;
      judge(`value of ${name(field)}`, shown(getComputedStyle(field).color, field), ground(field), 4.5);
      if (field.placeholder) {
        judge(`placeholder of ${name(field)}`, shown(getComputedStyle(field, "::placeholder").color, field), ground(field), 4.5);
      }
    }
    for (const control of document.querySelectorAll(CONTROLS)) {
      if (visible(control) && !control.disabled) judgeBoundary(control);
    }
    return [...found];
  };
})();
