/* y and n answer the first question that is open; Ctrl+Enter records. Everything works without it. */
(() => {
  "use strict";
  const form = document.querySelector("[data-call]");
  if (!form) return;
  const off = () => {
    try {
      return localStorage.getItem("gongzhi:keys-off") === "1";
    } catch {
      return false;
    }
  };

  const answer = (at) => {
    const asked = [...form.querySelectorAll("[data-yes-no]")].filter((one) => one.checkVisibility());
    const open = asked.find((one) => !one.querySelector(":checked")) ?? asked[asked.length - 1];
    const box = open.querySelectorAll("input")[at];
    box.checked = true;
    box.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return form.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
    if (event.target.closest?.("input:not([type=checkbox],[type=radio]), textarea, select") || document.querySelector("dialog[open]")) return;
    if (event.key === "y" || event.key === "n") {
      event.preventDefault();
      answer(event.key === "y" ? 0 : 1);
    }
  });
})();
