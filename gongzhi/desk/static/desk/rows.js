/* The letter of a move presses it in the row that is marked; ticks mark rows for one move on many. */
(() => {
  "use strict";
  const off = () => {
    try {
      return localStorage.getItem("gongzhi:keys-off") === "1";
    } catch {
      return false;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
    if (event.target.closest?.("input:not([type=checkbox],[type=radio]), textarea, select") || document.querySelector("dialog[open]")) return;
    const button = document.querySelector(`[data-rows] .is-at [data-row-key="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    } else if (event.key === "v") {
      event.preventDefault();
      range(document.querySelector("[data-rows] .is-at [name=pick]"));
    }
  });

  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const boxes = [...document.querySelectorAll("[data-rows] [name=pick]")];
  const all = bar.querySelector("[data-pick-all]");
  const said = bar.querySelector("[data-picked]");
  let last = null;

  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    said.textContent = n ? `${said.dataset.word} ${n}` : "";
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("is-picked", box.checked));
  };

  /* Everything from the row ticked last to this one */
  const range = (box) => {
    if (!box) return;
    const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => { one.checked = true; });
    last = box;
    count();
  };

  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    count();
  });
  boxes.forEach((box) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last) range(box);
    last = box;
    count();
  }));
  window.addEventListener("pageshow", count);
})();
