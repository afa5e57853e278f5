/* Help with the forms of moves. Everything works without it. */
(() => {
  "use strict";

  /* A form that opens puts the cursor in its first field */
  document.querySelectorAll(".move-form").forEach((box) => {
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      box.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      box.scrollIntoView({ block: "nearest" });
    });
  });

  /* Escape closes the form that is open; what was typed stays in it */
  document.addEventListener("keydown", (event) => {
    const box = event.key === "Escape" && event.target.closest?.(".move-form[open]");
    if (!box) return;
    box.open = false;
    box.querySelector("summary").focus();
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
