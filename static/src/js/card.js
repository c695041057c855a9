// The code of a personal card comes in the fragment of the address, which no server sees: it is put into the field,
// and taken out of the address and of the browser's history.
export function cardCode(field) {
  const take = () => {
    const code = decodeURIComponent(location.hash.slice(1));
    if (!code || code === "main") return; // « main » is the link that skips to the content
    history.replaceState(null, "", location.pathname + location.search);
    field.value = code.replace(/(.{4})(?=.)/g, "$1 ");
    field.form.querySelector("[type=submit]").focus();
  };
  take();
  addEventListener("hashchange", take);
}
