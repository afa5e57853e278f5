/* The letter of a move presses it in the row that is marked. */
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
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
