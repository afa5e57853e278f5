/* Suggested places as buttons: pressed, one sets pin, place and address of the form; and where a pin came from. */
(() => {
  "use strict";
  const field = (name) => document.getElementById(`id_${name}`);
  const lat = field("lat");
  const lon = field("lon");
  const change = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-here]");
    if (!chip) return;
    const { here, name, lat: north, lon: east, from } = chip.dataset;
    const place = field("place");
    const address = field("address");
    if (!address.value) address.value = name;
    if ([...place.options].some((option) => option.value === here)) place.value = here;
    if (north) {
      [lat.value, lon.value, lat.dataset.from] = [north, east, from];
      lat.dispatchEvent(new CustomEvent("pin"));
      change(lat);
    } else change(place);
    place.focus(); // the button is gone in a moment; on a telephone no keyboard opens
  });

  /* Where a device is, or a road, only finds the area; a pin set by hand is the place of the thing itself. */
  lat.addEventListener("change", () => {
    const from = field("pin_from");
    if (lat.dataset.from) from.value = lat.dataset.from;
    document.querySelectorAll("[data-pin-from]").forEach((note) => { note.hidden = note.dataset.pinFrom !== from.value; });
  });
})();
