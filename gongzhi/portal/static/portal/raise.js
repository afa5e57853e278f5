/* The form for raising a matter: suggested kinds as buttons, and where the pin came from. */
(() => {
  "use strict";
  const select = document.getElementById("id_kind");
  const box = document.getElementById("kinds");
  const panel = document.querySelector("[data-danger-panel]");
  const dangers = JSON.parse(document.getElementById("danger-kinds")?.textContent ?? "[]");

  const mark = () => {
    box.querySelectorAll("[data-kind]").forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.kind === select.value)));
  };

  box.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-kind]");
    if (!chip) return;
    select.value = chip.dataset.kind === select.value ? "" : chip.dataset.kind;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.addEventListener("change", () => {
    mark();
    if (dangers.includes(select.value)) panel.hidden = false;
  });
  document.addEventListener("htmx:afterSwap", mark);

  /* Where a device is only finds the area; a pin set by hand is the place of the thing itself. */
  const lat = document.getElementById("id_lat");
  const from = document.getElementById("id_pin_from");
  const note = document.querySelector("[data-device]");
  lat.addEventListener("change", () => {
    if (lat.dataset.from) from.value = lat.dataset.from;
    note.hidden = from.value !== "device";
  });
})();
