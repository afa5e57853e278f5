/* Help with the forms of moves. Everything works without it. */
(() => {
  "use strict";

  /* The move that is being made has the cursor, unless something has to be read first; where phrases
     are offered it stands in the words, so that nobody types into the list: Shift+Tab leads there */
  const form = document.querySelector(".move-form");
  if (form && !document.querySelector("[data-focus]")) form.querySelector("input:not([type=hidden]), select:not([data-phrase]), textarea")?.focus({ preventScroll: true });

  /* Escape goes back */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.(".move-form")) form.querySelector("[data-cancel]").click();
  });

  /* Ctrl+Enter sends */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
  });

  /* A standard phrase is put after what was typed, in place of the one before; its first gap is marked */
  const known = document.getElementById("phrases");
  const list = document.querySelector("[data-phrase]");
  if (known && list) {
    const phrases = JSON.parse(known.textContent);
    const last = {};
    const put = (field, text) => {
      const old = last[field.name] ?? "";
      const typed = old && field.value.endsWith(old) ? field.value.slice(0, -old.length) : field.value.trim() && `${field.value.trimEnd()}\n`;
      field.value = typed + text;
      last[field.name] = text;
      const gap = /_{2,}/.exec(text);
      if (gap) field.setSelectionRange(typed.length + gap.index, typed.length + gap.index + gap[0].length);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    list.addEventListener("change", () => {
      Object.entries(phrases[list.value] ?? {}).forEach(([name, text]) => put(list.form.elements[name], text));
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
