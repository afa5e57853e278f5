/* What every page shares: words, one send per press, dialogs, copying, printing, counting. */
(() => {
  "use strict";

  const words = document.getElementById("say")?.dataset ?? {};
  const say = (key, value) => (words[key] ?? "").replace("{n}", value ?? "");

  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${words.icons}#${name}`);
    svg.append(use);
    return svg;
  };

  const tell = (text, kind = "info") => {
    const box = document.createElement("div");
    box.className = `notice notice--${kind}`;
    box.append(icon(kind === "error" ? "alert-octagon" : "info-circle"), Object.assign(document.createElement("div"), { textContent: text }));
    document.getElementById("messages")?.replaceChildren(box);
    return box;
  };

  window.gongzhi = { say, icon, tell };

  /* A button may ask first: <button data-confirm="id"> opens <dialog id>, whose value "yes" sends. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    const dialog = button && document.getElementById(button.dataset.confirm);
    if (!dialog || button.dataset.sure) return;
    event.preventDefault();
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return button.focus();
      button.dataset.sure = "1";
      button.form ? button.form.requestSubmit(button) : button.click();
      delete button.dataset.sure;
    }, { once: true });
  });

  /* A form is sent once, however often the button is pressed. htmx guards its own. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "many" in form.dataset || form.closest("[hx-post],[data-hx-post]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button) return;
    button.dataset.busy = "";
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busyWord !== undefined) button.textContent = say("sending");
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll("[data-busy]").forEach((button) => {
      delete button.dataset.busy;
      button.removeAttribute("aria-disabled");
    });
  });

  const copy = async (button) => {
    const word = button.querySelector("[data-copy-word]") ?? button;
    const text = [...document.querySelectorAll(button.dataset.copy.split(" ").join(","))].map((one) => one.textContent.trim()).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      word.textContent = say("copied");
    } catch {
      word.textContent = say("copyFailed");
    }
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    if (at("[data-print]")) window.print();
    if (at("[data-copy]")) copy(at("[data-copy]"));
    if (at("[data-dialog]")) document.getElementById(at("[data-dialog]").dataset.dialog)?.showModal();
    if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* How many characters are left. Readers of screens hear it only near the end. */
  document.querySelectorAll("[data-counter]").forEach((foot) => {
    const box = document.getElementById(foot.dataset.counter);
    const most = Number(box?.getAttribute("maxlength") || box?.dataset.most);
    if (!most) return;
    const line = foot.querySelector("span");
    const count = () => {
      const left = most - [...box.value].length;
      line.textContent = left < most / 5 ? say(left < 0 ? "over" : "left", Math.abs(left)) : "";
    };
    box.addEventListener("input", count);
    count();
  });

  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("htmx:sendError", () => tell(say("offline"), "warning"));
  document.addEventListener("htmx:responseError", () => tell(say("failed"), "error"));
})();
