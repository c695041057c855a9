// The file picker: says before sending that a file is too heavy, and shows the photo that was chosen.
// The picture is drawn on a canvas, because the site's rules allow no image from a blob.
const PREVIEW = 160; // pixels wide
const MEGABYTE = 1024 * 1024;

async function picture(file) {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  canvas.width = PREVIEW * 2;
  canvas.height = Math.round((canvas.width * bitmap.height) / bitmap.width);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("aria-hidden", "true");
  bitmap.close();
  return canvas;
}

export function fileField(place) {
  const field = place.querySelector("input[type=file]");
  const error = place.querySelector("[data-file-error]");
  const preview = place.querySelector("[data-file-preview]");
  const most = Number(place.dataset.max);
  const inMegabytes = (bytes) => Math.ceil(bytes / MEGABYTE).toLocaleString(document.documentElement.lang);

  field.addEventListener("change", async () => {
    const files = [...field.files];
    preview.replaceChildren();
    error.hidden = true;
    const heavy = files.find(({ size }) => size > most);
    if (heavy) {
      error.textContent = place.dataset.tooLarge
        .replace("{size}", inMegabytes(heavy.size))
        .replace("{max}", inMegabytes(most));
      error.hidden = false;
      field.value = "";
      return;
    }
    for (const file of files) {
      const figure = document.createElement("div");
      const name = document.createElement("p");
      name.textContent = file.name;
      if (file.type.startsWith("image/")) {
        await picture(file).then((canvas) => figure.append(canvas), () => {}); // not a picture: its name is enough
      }
      figure.append(name);
      preview.append(figure);
    }
  });
}
