/* Help with the forms of moves. Everything works without it. */
(() => {
  "use strict";

  /* The move that is being made has the cursor, unless something has to be read first */
  const form = document.querySelector(".move-form");
  if (form && !document.querySelector("[data-focus]")) form.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });

  /* Escape goes back */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.(".move-form")) form.querySelector("[data-cancel]").click();
  });

  /* Ctrl+Enter sends */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
  });

  /* A standard reason fills in reason and remedy */
  const known = document.getElementById("standards");
  const standard = document.querySelector("[data-standard]");
  if (known && standard) {
    const reasons = JSON.parse(known.textContent);
    standard.addEventListener("change", () => {
      const chosen = reasons[standard.value];
      if (!chosen) return;
      ["reason", "remedy"].forEach((name) => { standard.form.elements[name].value = chosen[name]; });
    });
  }

  /* A suggestion chooses in the list */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    const field = button && document.getElementById(button.dataset.set);
    if (!field) return;
    field.value = button.dataset.value;
    field.focus();
  });

  /* A long list gets a field that narrows it */
  document.querySelectorAll("select[data-searchable]").forEach((list) => {
    const all = [...list.querySelectorAll("option")];
    if (all.length < 8) return;
    const word = document.getElementById("finder-word")?.content.textContent ?? "";
    const box = Object.assign(document.createElement("input"), { type: "search", className: "finder", autocomplete: "off", placeholder: word });
    box.setAttribute("aria-label", word);
    list.before(box);
    box.addEventListener("input", () => {
      const sought = box.value.trim().toLowerCase();
      all.forEach((one) => { one.hidden = Boolean(sought) && !one.textContent.toLowerCase().includes(sought); });
      const first = all.find((one) => !one.hidden && one.value);
      if (sought && first) list.value = first.value;
    });
  });
})();
