/* The form for raising a matter: suggested kinds as buttons, and matters nearby that may be the same. */
(() => {
  "use strict";
  const select = document.getElementById("id_kind");
  const same = document.getElementById("id_same");
  const box = document.getElementById("kinds");
  const panel = document.querySelector("[data-danger-panel]");
  const dangers = JSON.parse(document.getElementById("danger-kinds")?.textContent ?? "[]");

  const mark = () => {
    box.querySelectorAll("[data-kind]").forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.kind === select.value)));
    /* What is said to be the same counts only while it is seen to be pressed */
    same.value = box.querySelector("[data-same][aria-pressed=true]")?.dataset.same ?? "";
  };

  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-same]");
    if (row) {
      const pressed = row.getAttribute("aria-pressed") !== "true";
      box.querySelectorAll("[data-same]").forEach((other) => other.setAttribute("aria-pressed", String(pressed && other === row)));
      mark();
    }
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
})();
