/* Help with the forms of moves. Everything works without it. */
(() => {
  "use strict";

  /* The move that is being made has the cursor, unless something has to be read first; where phrases
     are offered it stands in the words, so that nobody types into the list: Shift+Tab leads there.
     Once more when all is loaded: the browser takes it away for the fragment of the address */
  const form = document.querySelector(".move-form");
  const begin = () => {
    if (form && document.activeElement === document.body) form.querySelector("input:not([type=hidden]), select:not([data-phrase]), textarea")?.focus({ preventScroll: true });
  };
  if (!document.querySelector("[data-focus]")) {
    begin();
    window.addEventListener("load", begin);
  }

  /* Escape goes back */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && event.target.closest?.(".move-form")) form.querySelector("[data-cancel]").click();
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

  /* After "@" in a note those who may read the matter are offered: the down arrow leads to them */
  document.querySelectorAll("form[data-mention] textarea").forEach((area) => {
    const box = Object.assign(document.createElement("div"), { className: "mention", hidden: true });
    const said = Object.assign(document.createElement("div"), { className: "visually-hidden" });
    said.setAttribute("role", "status");
    area.after(box, said);
    const begun = () => /(?:^|[^\w.-])[@＠]([\w.-]*|[\u4e00-\u9fff]{1,8})$/.exec(area.value.slice(0, area.selectionStart))?.[1];
    let waits = 0;
    const close = () => {
      clearTimeout(waits);
      box.hidden = true;
    };
    const offer = async () => {
      const word = begun();
      if (word === undefined) return close();
      try {
        const asked = new URLSearchParams({ csrfmiddlewaretoken: area.form.elements.csrfmiddlewaretoken.value, q: word });
        const answer = await fetch(area.form.dataset.mention, { method: "POST", body: asked });
        if (!answer.ok || word !== begun()) return;
        box.innerHTML = await answer.text();
        said.textContent = box.querySelector("p").textContent;
        box.hidden = false;
        box.scrollIntoView({ block: "nearest" });
      } catch { close(); }
    };
    area.form.addEventListener("focusin", (event) => {
      if (event.target !== area && !box.contains(event.target)) close();
    });
    area.addEventListener("input", () => {
      clearTimeout(waits);
      waits = setTimeout(offer, 150);
    });
    area.addEventListener("keydown", (event) => {
      if (box.hidden) return;
      if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" && box.querySelector("button")) {
        event.preventDefault();
        box.querySelector("button").focus();
      }
    });
    box.addEventListener("keydown", (event) => {
      const all = [...box.querySelectorAll("button")];
      const to = all.indexOf(document.activeElement) + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? NaN);
      if (event.key === "Escape" || to < 0) {
        event.preventDefault();
        if (event.key === "Escape") close();
        area.focus();
      } else if (all[to]) {
        event.preventDefault();
        all[to].focus();
      }
    });
    box.addEventListener("click", (event) => {
      const name = event.target.closest("[data-name]")?.dataset.name;
      if (name === undefined) return;
      const end = area.selectionStart;
      area.setRangeText(`@${name} `, end - begun().length - 1, end, "end");
      close();
      area.focus();
    });
  });

  /* A suggestion chooses in the list */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set]");
    const field = button && document.getElementById(button.dataset.set);
    if (!field) return;
    field.value = button.dataset.value;
    field.focus();
  });

  /* What a machine drafted is put before what was typed: nothing typed is lost */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-begin]");
    const field = button && document.getElementById(button.dataset.begin);
    if (!field) return;
    field.value = [button.dataset.value, field.value].filter((part) => part.trim()).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
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
