/* A variable is put where the cursor is, in the field that was written in last. */
(() => {
  "use strict";
  const form = document.getElementById("phrase-form");
  let field = form.querySelector("textarea");
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("textarea")) field = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
