/* Boxes drawn on a photo become lines of the field beside it; the field alone does as well. */
(() => {
  "use strict";
  const box = document.querySelector("[data-redact]");
  const field = document.querySelector("[data-boxes]");
  const undo = document.querySelector("[data-redact-undo]");
  if (!box || !field) return;

  const parts = () => field.value.split("\n").map((line) => line.split(",").map(Number))
    .filter((sides) => sides.length === 4 && sides.every((side) => side >= 0 && side <= 100));
  const percent = (part, whole) => Math.round(Math.min(1, Math.max(0, part / whole)) * 1000) / 10;
  const at = (event) => {
    const frame = box.getBoundingClientRect();
    return [percent(event.clientX - frame.left, frame.width), percent(event.clientY - frame.top, frame.height)];
  };
  const place = (mark, [left, top, right, bottom]) => {
    mark.style.left = `${Math.min(left, right)}%`;
    mark.style.top = `${Math.min(top, bottom)}%`;
    mark.style.width = `${Math.abs(right - left)}%`;
    mark.style.height = `${Math.abs(bottom - top)}%`;
  };
  const mark = () => {
    const made = document.createElement("span");
    made.className = "redact__part";
    box.append(made);
    return made;
  };
  const draw = () => {
    box.querySelectorAll(".redact__part").forEach((old) => old.remove());
    parts().forEach((sides) => place(mark(), sides));
    undo.hidden = parts().length === 0;
  };

  let from = null;
  let live = null;
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    box.setPointerCapture(event.pointerId);
    from = at(event);
    live = mark();
  });
  box.addEventListener("pointermove", (event) => {
    if (from) place(live, [...from, ...at(event)]);
  });
  box.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [right, bottom] = at(event);
    const [left, top] = from;
    from = null;
    if (Math.abs(right - left) > 0.5 && Math.abs(bottom - top) > 0.5) {
      const sides = [Math.min(left, right), Math.min(top, bottom), Math.max(left, right), Math.max(top, bottom)];
      field.value = `${field.value.trim()}\n${sides.join(", ")}`.trim();
    }
    draw();
  });
  field.addEventListener("input", draw);
  undo.addEventListener("click", () => {
    field.value = field.value.trim().split("\n").slice(0, -1).join("\n");
    draw();
  });
  draw();
})();
