// The file picker: shows the photo that was chosen, makes a heavy one smaller before it is sent, and says which file is
// too heavy all the same. Drawn on a canvas, for the site's rules allow no image from a blob; what the browser cannot
// draw (HEIC, a PDF) is sent as it is. A canvas keeps the picture alone: no place, no moment, no device.
const PREVIEW = 160; // pixels wide
const MEGABYTE = 1024 * 1024;
const LIGHT = 2 * MEGABYTE; // bytes: lighter photos are sent as they are
const LONGEST_SIDE = 2560; // pixels: more than the site keeps
const QUALITY = 0.85;

/** The photo as a picture, turned as it was held; older browsers turn it without being told, and refuse the word. */
const bitmapOf = (file) => createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => createImageBitmap(file));

function drawn(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff"; // where a picture is clear, a JPEG would be black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The file, or a smaller one of the same picture; and its preview, where there is a picture. */
async function prepared(file) {
  if (!file.type.startsWith("image/")) return [file];
  let bitmap;
  try {
    bitmap = await bitmapOf(file);
    const preview = drawn(bitmap, Math.min(1, (PREVIEW * 2) / bitmap.width));
    preview.setAttribute("aria-hidden", "true");
    if (file.size <= LIGHT) return [file, preview];
    const canvas = drawn(bitmap, Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height)));
    const smaller = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!smaller || smaller.size >= file.size) return [file, preview];
    return [new File([smaller], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: smaller.type }), preview];
  } catch {
    return [file]; // not a picture, or too large for this device: its name is enough
  } finally {
    bitmap?.close();
  }
}

function fileField(place) {
  const field = place.querySelector("input[type=file]");
  const error = place.querySelector("[data-file-error]");
  const preview = place.querySelector("[data-file-preview]");
  const working = place.querySelector("[data-file-working]");
  const most = Number(place.dataset.max);
  const inMegabytes = (bytes) => Math.ceil(bytes / MEGABYTE).toLocaleString(document.documentElement.lang);
  let turn = 0;
  let atWork = null;

  async function take() {
    const mine = (turn += 1);
    const chosen = [...field.files];
    preview.replaceChildren();
    error.hidden = true;
    working.hidden = !chosen.some(({ type, size }) => type.startsWith("image/") && size > LIGHT);
    const ready = [];
    for (const file of chosen) ready.push(await prepared(file)); // one at a time: a large photo fills the memory
    if (mine !== turn) return; // another file was chosen meanwhile
    working.hidden = true;
    const heavy = ready.find(([file]) => file.size > most);
    if (heavy) {
      error.textContent = place.dataset.tooLarge
        .replace("{name}", heavy[0].name)
        .replace("{size}", inMegabytes(heavy[0].size))
        .replace("{max}", inMegabytes(most));
      error.hidden = false;
      field.value = "";
      return;
    }
    if (ready.some(([file], index) => file !== chosen[index])) {
      const files = new DataTransfer();
      ready.forEach(([file]) => files.items.add(file));
      field.files = files.files;
    }
    for (const [file, canvas] of ready) {
      const figure = document.createElement("div");
      const name = document.createElement("p");
      name.textContent = file.name;
      if (canvas) figure.append(canvas);
      figure.append(name);
      preview.append(figure);
    }
  }

  function begin() {
    const work = take().finally(() => {
      if (atWork === work) atWork = null;
    });
    atWork = work;
  }

  field.addEventListener("change", begin);
  // Chosen before this script was there, on a slow network; or put back by the browser, for who comes back.
  if (field.files.length) begin();
  addEventListener("pageshow", () => field.files.length && !atWork && !preview.hasChildNodes() && begin());
  // Sent before a photo is ready, the form leaves as soon as it is, unless a file turns out to be too heavy.
  field.form?.addEventListener("submit", async (event) => {
    if (!atWork) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter ?? field.form.querySelector("[type=submit]");
    await atWork;
    if (error.hidden) button.click();
    else error.scrollIntoView({ block: "center" });
  });
}

document.querySelectorAll("[data-file-picker]").forEach(fileField);
