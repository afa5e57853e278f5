/* The desk by keyboard. Single keys can be switched off in the list of keys (?), for those who dictate. */
(() => {
  "use strict";
  const { say, tell } = window.gongzhi;
  const OFF = "gongzhi:keys-off";
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, ul[data-rows] > li, ol[data-rows] > li")];
  let leader = 0;

  const mark = (row) => {
    rows().forEach((one) => one.classList.toggle("is-at", one === row));
    row.querySelector("[data-open], a")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };

  const step = (by) => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.findIndex((row) => row.classList.contains("is-at"));
    mark(all[Math.max(0, Math.min(all.length - 1, at + by))]);
  };

  const press = (selector) => {
    const target = document.querySelector(selector);
    if (!target || target.disabled || target.getAttribute("aria-disabled") === "true") return false;
    target.focus();
    target.click();
    return true;
  };

  const here = () => rows().find((row) => row.classList.contains("is-at"));

  const keys = {
    "/": () => document.querySelector("#desk-search")?.focus(),
    "j": () => step(1),
    "k": () => step(-1),
    "o": () => here()?.querySelector("[data-open], a")?.click(),
    "x": () => here()?.querySelector("input[type=checkbox]")?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
    "u": () => press("[data-back]"),
    "[": () => press("[rel=prev]"),
    "]": () => press("[rel=next]"),
    "g": () => { leader = Date.now(); },
  };

  const typing = (target) => target.closest?.("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable], .map");

  const off = () => {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "desk-search") return event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const after = Date.now() - leader < 1500;
    if (after) {
      leader = 0;
      if (press(`[data-go="${CSS.escape(event.key)}"]`)) event.preventDefault();
      return;
    }
    const move = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (move) {
      event.preventDefault();
      press(`[data-key="${CSS.escape(event.key)}"]`);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  /* A press anywhere on a row marks it; the link opens it */
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-rows] tbody tr, [data-rows] > li");
    if (row) rows().forEach((one) => one.classList.toggle("is-at", one === row));
  });

  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = !off();
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(OFF, box.checked ? "0" : "1");
      } catch {
        tell(say("failed"), "warning");
      }
    });
  }

  /* The menu of a phone. Without this script its links work by the address's fragment. */
  const nav = document.getElementById("desk-nav");
  const opener = document.querySelector("[data-nav-toggle]");
  const show = (open) => {
    nav.classList.toggle("is-open", open);
    (open ? nav.querySelector("[data-nav-close]") : opener).focus();
  };
  if (nav && opener) {
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      show(true);
    });
    nav.querySelector("[data-nav-close]").addEventListener("click", (event) => {
      event.preventDefault();
      show(false);
    });
    nav.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && nav.classList.contains("is-open")) show(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (nav.classList.contains("is-open") && !nav.contains(event.target)) nav.classList.remove("is-open");
    });
  }
})();
