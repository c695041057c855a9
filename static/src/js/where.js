// « Là où je suis »: the phone says where it is, once the button is touched. What it says is rounded at once, to about 100
// metres, and stands in the form, which alone sends it. Elsewhere than in the area it is not written down at all.
const PATIENCE = 20_000; // milliseconds
const FRESH = 60_000;

export function where(part) {
  if (!navigator.geolocation) return;
  const [south, west, north, east] = part.dataset.area.split(" ").map(Number);
  const digits = Number(part.dataset.digits);
  const button = part.querySelector("button");
  const line = part.querySelector("[role=status]");
  const field = document.getElementById(part.dataset.field);
  const point = document.querySelector(`input[name="${part.dataset.kind}"][value="point"]`);
  const say = (what) => {
    button.disabled = false;
    line.textContent = part.dataset[what];
  };
  const found = ({ coords }) => {
    const lat = Number(coords.latitude.toFixed(digits));
    const lon = Number(coords.longitude.toFixed(digits));
    if (lat < south || lat > north || lon < west || lon > east) return say("elsewhere");
    field.value = `${lat}, ${lon}`;
    point.checked = true;
    say("found");
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    line.textContent = part.dataset.asking;
    navigator.geolocation.getCurrentPosition(found, () => say("unknown"), {
      enableHighAccuracy: true,
      maximumAge: FRESH,
      timeout: PATIENCE,
    });
  });
  part.hidden = false;
}
