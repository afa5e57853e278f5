/* Shows the emergency numbers at once when words of imminent danger are typed. Nothing leaves the page. */
(() => {
  "use strict";
  const list = document.getElementById("danger");
  const panel = document.querySelector("[data-danger-panel]");
  const boxes = document.querySelectorAll("[data-danger]");
  if (!list || !panel || boxes.length === 0) return;

  const words = JSON.parse(list.textContent).map((word) => word.toLowerCase());
  const latin = words.filter((word) => /^[\x20-\x7e]+$/.test(word)).map((word) => ` ${word} `);
  const han = words.filter((word) => !/^[\x20-\x7e]+$/.test(word));

  /* People write 着 火 了 and "fire!!": spaces do not part Chinese words, signs do part Latin ones. */
  const dangerous = (text) => {
    const low = text.toLowerCase();
    const spaced = ` ${low.replace(/[^a-z0-9']+/g, " ")} `;
    const tight = low.replace(/[\s\p{P}\p{S}]+/gu, "");
    return han.some((word) => tight.includes(word)) || latin.some((word) => spaced.includes(word));
  };

  const look = (event) => {
    if (!panel.hidden || !dangerous(event.target.value)) return;
    panel.hidden = false;
    event.target.dispatchEvent(new CustomEvent("gongzhi:danger", { bubbles: true }));
  };

  boxes.forEach((box) => {
    box.addEventListener("input", look);
    look({ target: box });
  });
})();
