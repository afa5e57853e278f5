/* Raising a matter: photos shown and made smaller before they are sent, and a draft kept on this device. */
(() => {
  "use strict";
  const { say, icon } = window.gongzhi;
  const DAY = 24 * 60 * 60 * 1000;
  const LONGEST = 1600;

  /* 1. Where drafts live: words in localStorage, photos in IndexedDB. Both may be refused; then nothing is kept. */
  const photos = {
    open: () => new Promise((done, fail) => {
      const asked = indexedDB.open("gongzhi", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("photos");
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    }),
    use: async (mode, what) => {
      try {
        const store = (await photos.open()).transaction("photos", mode).objectStore("photos");
        return await new Promise((done) => {
          const asked = what(store);
          asked.onsuccess = () => done(asked.result);
          asked.onerror = () => done(null);
        });
      } catch {
        return null;
      }
    },
    put: (key, files) => photos.use("readwrite", (store) => store.put({ at: Date.now(), files }, key)),
    get: (key) => photos.use("readonly", (store) => store.get(key)),
    drop: async (key) => {
      await photos.use("readwrite", (store) => store.delete(key));
      await photos.use("readwrite", (store) => store.delete(IDBKeyRange.bound(`${key}:`, `${key}:\uffff`)));
    },
  };

  const drafts = {
    key: (name) => `gongzhi:draft:${name}`,
    get: (name) => {
      try {
        const draft = JSON.parse(localStorage.getItem(drafts.key(name)));
        return draft && Date.now() - draft.at < DAY ? draft.fields : null;
      } catch {
        return null;
      }
    },
    put: (name, fields) => {
      try {
        localStorage.setItem(drafts.key(name), JSON.stringify({ at: Date.now(), fields }));
      } catch { /* A full or closed store only means that no draft is kept */ }
    },
    drop: (name) => {
      try {
        localStorage.removeItem(drafts.key(name));
      } catch { /* as above */ }
      photos.drop(name);
    },
  };

  document.querySelectorAll("[data-draft-done]").forEach((mark) => drafts.drop(mark.dataset.draftDone));

  /* 2. Photos */
  const smaller = async (file) => {
    if (!file.type.startsWith("image/")) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const ratio = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      if (ratio === 1 && file.size < 600_000) return file;
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * ratio), height: Math.round(picture.height * ratio) });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // A picture this browser cannot read, such as HEIC: the server converts it
    }
  };

  const preview = (file, remove) => {
    const item = document.createElement("li");
    const figure = document.createElement("figure");
    const heard = file.type.startsWith("audio/");
    const image = heard ? Object.assign(document.createElement("audio"), { controls: true }) : new Image();
    const words = document.createElement("figcaption");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", title: say("remove") });
    button.setAttribute("aria-label", `${say("remove")}: ${file.name}`);
    button.append(icon("x"));
    button.addEventListener("click", remove);
    if (heard) image.setAttribute("aria-label", file.name);
    else image.alt = file.name;
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => {
      image.remove();
      words.textContent = `${file.name}: ${say("notPhoto")}`;
    };
    figure.append(image, words);
    item.append(figure, button);
    return item;
  };

  /* Sent before the photos were ready: wait for those of every picker in the form, then send */
  const pending = new WeakMap();
  const waiting = (form) => {
    if (pending.has(form)) return pending.get(form);
    const works = [];
    pending.set(form, works);
    form.addEventListener("submit", (event) => {
      if (form.dataset.ready) return delete form.dataset.ready;
      event.preventDefault();
      event.stopPropagation();
      const button = event.submitter;
      Promise.all(works.map((work) => work())).then(() => setTimeout(() => { // a form cannot be sent while its own submit event still runs
        form.dataset.ready = "1";
        form.requestSubmit(button);
      }));
    });
    return works;
  };

  const picker = (box) => {
    box.classList.add("is-live");
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector("[data-previews]");
    const line = box.querySelector("[data-photos-say]");
    const first = input.form?.querySelector("[data-photos] input[type=file]") === input;
    const name = input.form?.dataset.draft;
    const draft = name && (first ? name : `${name}:${input.name}`); // a form may have photos before and after
    const most = input.multiple ? Number(input.dataset.max) || 9 : 1;
    let kept = [];
    let working = Promise.resolve();

    const show = () => {
      const bag = new DataTransfer();
      kept.forEach((file) => bag.items.add(file));
      input.files = bag.files;
      list.hidden = kept.length === 0;
      list.replaceChildren(...kept.map((file) => preview(file, () => {
        kept = kept.filter((one) => one !== file);
        show();
        input.focus();
      })));
      if (draft) photos.put(draft, kept);
    };

    const add = async (files) => {
      const small = await Promise.all([...files].map(smaller));
      const all = input.multiple ? [...kept, ...small] : small;
      kept = all.slice(0, most);
      line.hidden = all.length <= most;
      line.textContent = all.length > most ? say("tooMany") : "";
      show();
    };

    input.addEventListener("change", () => {
      working = add(input.files);
    });
    input.addEventListener("files", (event) => { // recorded here, see devices.js
      working = add(event.detail);
    });

    if (input.form) waiting(input.form).push(() => working);

    if (draft) photos.get(draft).then((found) => {
      if (found && Date.now() - found.at < DAY && found.files.length && kept.length === 0) {
        kept = found.files.slice(0, most);
        show();
      }
    });
  };

  document.querySelectorAll("[data-photos]").forEach(picker);

  /* 3. Words. Contact data is never kept: it may be somebody else's telephone next. */
  const keeps = (field) => field.name && !field.matches("[type=password],[type=tel],[type=email],[type=file],[type=submit],[data-private],[data-private] *")
    && (field.type !== "hidden" || "draftKeep" in field.dataset);

  const read = (form) => [...form.elements].filter(keeps)
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);

  const fill = (form, fields) => {
    const untouched = [...form.elements].filter((field) => keeps(field) && (["radio", "checkbox"].includes(field.type) ? !form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`) : field.value === ""));
    const given = new Map(fields);
    let any = false;
    untouched.filter((field) => given.get(field.name)).forEach((field) => {
      if (["radio", "checkbox"].includes(field.type)) field.checked = fields.some(([name, value]) => name === field.name && value === field.value);
      else field.value = given.get(field.name);
      any = true;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return any;
  };

  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const name = form.dataset.draft;
    const line = Object.assign(document.createElement("p"), { className: "small muted" });
    const words = document.createElement("span");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--plain button--small", textContent: say("forget") });
    let timer;
    line.setAttribute("role", "status");
    line.append(words, " ", button);
    line.hidden = true;
    form.append(line);
    button.addEventListener("click", () => {
      drafts.drop(name);
      window.location.assign(window.location.pathname + window.location.search);
    });

    const found = drafts.get(name);
    if (found && fill(form, found)) {
      words.textContent = say("restored");
      line.hidden = false;
    }
    form.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        drafts.put(name, read(form));
        words.textContent = say("kept");
        line.hidden = false;
      }, 400);
    });
    form.addEventListener("submit", () => drafts.put(name, read(form)));
  });
})();
