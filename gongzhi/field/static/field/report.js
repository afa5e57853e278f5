/* Reporting with one thumb: kinds as chips that follow the words, and the part for what was settled. */
(() => {
  "use strict";
  const CHIPS = 4;
  const form = document.querySelector("[data-report]");
  if (!form) return;
  const chips = form.querySelector("[data-chips]");
  const settle = form.querySelector("[data-settle]");
  const words = form.elements.namedItem("text");
  const lat = form.elements.namedItem("lat");
  const kinds = [...form.querySelectorAll("input[name=kind]")];
  const chosen = () => kinds.find((kind) => kind.checked);

  const mark = () => chips.querySelectorAll("[data-kind]").forEach((chip) => {
    chip.setAttribute("aria-pressed", String(chip.dataset.kind === chosen()?.value));
    chip.classList.toggle("button--quiet", chip.dataset.kind !== chosen()?.value);
  });

  const chip = ({ code, name }) => Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: name, value: code });

  const show = (likely) => {
    const now = chosen();
    const wanted = [...(now ? [{ code: now.value, name: now.dataset.name }] : []), ...likely];
    const once = [...new Map(wanted.map((kind) => [kind.code, kind])).values()];
    if (once.length === 0) return;
    chips.replaceChildren(...once.map((kind) => {
      const made = chip(kind);
      made.dataset.kind = kind.code;
      return made;
    }));
    mark();
  };

  chips.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-kind]");
    const radio = pressed && kinds.find((kind) => kind.value === pressed.dataset.kind);
    if (!radio) return;
    radio.checked = !radio.checked;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* The words go to our own server only, which keeps nothing of them */
  let timer;
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const body = new FormData();
    body.set("text", words.value);
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    const answer = await fetch(form.dataset.suggest, { method: "POST", body }).catch(() => null);
    if (mine !== asked) return;
    if (answer?.ok) show((await answer.json()).kinds);
    else if (!answer) show(alone(words.value.toLowerCase()));
  };

  /* Without network the key words of the kinds speak, longer ones louder, as on the server without a model */
  const keywords = Object.entries(JSON.parse(document.getElementById("keywords").textContent));
  const shared = {};
  keywords.flatMap(([, spoken]) => spoken).forEach((word) => { shared[word] = (shared[word] ?? 0) + 1; });
  const alone = (text) => keywords
    .map(([code, spoken]) => ({ code, weight: spoken.filter((word) => text.includes(word)).reduce((sum, word) => sum + word.length / shared[word], 0) }))
    .filter((one) => one.weight)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, CHIPS)
    .map(({ code }) => ({ code, name: kinds.find((kind) => kind.value === code).dataset.name }));
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 350);
  });

  const parts = () => {
    settle.hidden = form.querySelector("input[name=settled]:checked")?.value !== "yes";
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") mark();
    if (event.target.name === "settled") parts();
    if (event.target === lat) form.elements.namedItem("pin_from").value = lat.dataset.from ?? "";
  });

  show([...chips.querySelectorAll("[data-kind]")].map((usual) => ({ code: usual.dataset.kind, name: usual.textContent })));
  chips.hidden = false;
  mark();
  parts();
})();
