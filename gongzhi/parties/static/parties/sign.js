// A box to draw a signature in, for every hidden field marked data-sign.  Without a pointer one
// signs at the counter: the field stays empty and the form says so.
"use strict";
for (const field of document.querySelectorAll("input[data-sign]")) {
  const box = document.createElement("canvas");
  box.width = 600;
  box.height = 200;
  box.className = "sign-box";
  box.tabIndex = 0;
  box.setAttribute("role", "img");
  const label = document.querySelector("template[data-sign-words]");
  box.setAttribute("aria-label", label?.dataset.signWords || "");
  const clear = document.createElement("button");
  clear.type = "button";
  clear.className = "button button--quiet button--small";
  clear.textContent = label?.dataset.signClear || "×";
  field.after(box, clear);
  const pen = box.getContext("2d");
  pen.lineWidth = 3;
  pen.lineCap = pen.lineJoin = "round";
  let drawing = false;
  const where = (event) => {
    const frame = box.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) * box.width) / frame.width,
      ((event.clientY - frame.top) * box.height) / frame.height,
    ];
  };
  box.addEventListener("pointerdown", (event) => {
    drawing = true;
    box.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...where(event));
    event.preventDefault();
  });
  box.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...where(event));
    pen.stroke();
  });
  const end = () => {
    if (!drawing) return;
    drawing = false;
    field.value = box.toDataURL("image/png");
  };
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
  clear.addEventListener("click", () => {
    pen.clearRect(0, 0, box.width, box.height);
    field.value = "";
  });
}
