/* The pages of the field, with network and without: forms whose sending may wait, drafts, how much waits, what this device keeps. */
(() => {
  "use strict";
  const bar = document.querySelector("[data-work]");
  if (!bar || !window.isSecureContext || !navigator.serviceWorker || !navigator.locks) return; // then forms are sent as everywhere
  const { tell, icon } = window.gongzhi;
  const words = bar.dataset;
  const OWNER = words.owner;
  const WAITING = bar.getAttribute("href");
  const PATIENCE = 8000; // ms that somebody waits for an answer before it is sent behind their back
  const EVERY = 5 * 60_000;
  const say = (key, values = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

  /* 1. The bar: without network, how much waits, what needs me */
  const kept = document.documentElement.dataset.kept;
  const mine = async () => {
    return (await store.all("acts")).filter((act) => act.owner === OWNER);
  };
  const shows = async () => {
    const acts = await mine();
    const [waits, stuck] = [["waiting"], ["refused", "broken"]].map((states) => acts.filter((act) => states.includes(act.state)).length);
    const parts = [];
    if (stuck) parts.push(say("stuck", { n: stuck }));
    if (waits) parts.push(say("waits", { n: waits }));
    if (!navigator.onLine || kept) parts.unshift(kept ? say("kept", { at: clock(kept) }) : say("noNetwork"));
    bar.hidden = parts.length === 0;
    bar.classList.toggle("work-bar--stuck", stuck > 0);
    bar.replaceChildren(icon(stuck ? "alert-octagon" : "hourglass"), Object.assign(document.createElement("span"), { textContent: parts.join(" · ") }));
    if ("setAppBadge" in navigator) (waits + stuck ? navigator.setAppBadge(waits + stuck) : navigator.clearAppBadge()).catch(() => {});
  };

  /* 2. Sending, and renewing what is at hand */
  let under;
  const sync = (how) => {
    under ??= sender.sync(how).finally(() => {
      under = undefined;
      shows();
    });
    return under;
  };
  const later = async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.sync?.register("send").catch(() => {});
  };
  const renew = async () => {
    const contact = await store.get("keys", "contact");
    const waits = (await mine()).some((act) => act.state === "waiting");
    if (waits || !contact || Date.now() - contact.at > EVERY) await sync();
  };
  new BroadcastChannel("gongzhi-work").addEventListener("message", shows);
  window.addEventListener("online", () => sync());
  window.addEventListener("offline", shows);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && renew());
  setInterval(() => document.visibilityState === "visible" && renew(), 60_000);

  /* 3. Forms whose sending may wait */
  const skips = new Set(["csrfmiddlewaretoken", "next"]);
  const read = (form, submitter) => {
    const data = new FormData(form, submitter);
    const entries = [...data].filter(([name]) => !skips.has(name));
    return {
      fields: entries.filter(([, value]) => typeof value === "string"),
      files: entries.filter(([, value]) => value instanceof File && value.size > 0),
    };
  };
  const start = (form) => [...(form.querySelector("textarea")?.value.trim() ?? "")].slice(0, 24).join("");
  const addressOf = (form) => new URL(form.action).pathname;
  const draftOf = addressOf;

  const outcome = (id) => new Promise((done) => {
    const channel = new BroadcastChannel("gongzhi-work");
    const look = async () => {
      const act = await store.get("acts", id);
      if (act?.state === "waiting") return;
      channel.close();
      done(act);
    };
    channel.addEventListener("message", look);
    setTimeout(() => {
      channel.close();
      done(null);
    }, PATIENCE);
    look();
  });

  const act = async (form, submitter) => {
    const id = crypto.randomUUID();
    const { fields, files } = read(form, submitter);
    const contact = await store.get("keys", "contact");
    const head = {
      address: addressOf(form),
      page: `${window.location.pathname}${window.location.search}`,
      draft: draftOf(form),
      label: [form.dataset.act, start(form)].filter(Boolean).join(": "),
      acted: new Date().toISOString(),
      skew: contact?.skew ?? 0,
      fields: fields.map(([name, value]) => [name, name === "form_key" ? id : value]),
      files,
    };
    await store.putForm("acts", id, { at: Date.now(), owner: OWNER, state: "waiting" }, head);
    await store.drop("drafts", draftOf(form));
    return id;
  };

  const refused = async (form, id) => {
    const row = await store.get("acts", id);
    const { said } = await store.openHead("acts", row);
    await store.drop("acts", id);
    const box = tell("", "error");
    const list = document.createElement("ul");
    list.append(...said.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    box.lastElementChild.append(list);
    box.setAttribute("role", "alert");
    box.tabIndex = -1;
    box.scrollIntoView({ block: "center" });
    box.focus();
    await keepDraft(form);
  };

  const busy = (button, on) => {
    if (!button) return;
    button.toggleAttribute("data-busy", on);
    on ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
  };

  const submits = async (event) => {
    const form = event.target;
    if (event.defaultPrevented) return; // photos are still being made smaller
    event.preventDefault();
    if (form.dataset.acting) return;
    const wrong = [...form.elements].find((field) => field.offsetParent && !field.checkValidity());
    if (wrong) return wrong.reportValidity();
    form.dataset.acting = "1";
    busy(event.submitter, true);
    try {
      const id = await act(form, event.submitter);
      if (!navigator.onLine) throw new DOMException("", "NetworkError");
      const sent = sync({ renew: false }).then((said) => (said && !said.signedOut ? outcome(id) : null));
      const end = await Promise.race([outcome(id), sent]);
      if (end?.state === "done") {
        const { done } = await store.openHead("acts", end);
        return window.location.assign(done);
      }
      if (end?.state === "refused") return await refused(form, id);
      throw new DOMException("", "NetworkError");
    } catch (fault) {
      if (fault.name !== "NetworkError") return tell(say(fault.name === "QuotaExceededError" ? "full" : "notKept"), "error").scrollIntoView();
      await later();
      window.location.assign(WAITING);
    } finally {
      delete form.dataset.acting;
      busy(event.submitter, false);
      shows();
    }
  };

  /* 4. Drafts, photos and all, sealed like the rest */
  const keepDraft = async (form) => {
    const { fields, files } = read(form);
    await store.putForm("drafts", draftOf(form), { at: Date.now(), owner: OWNER }, { fields, files }).catch(() => {});
  };
  const fill = (form, { fields, files }) => {
    for (const field of form.elements) {
      const given = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (!field.name || skips.has(field.name) || field.name === "form_key") continue;
      if (field.type === "file") {
        const bag = new DataTransfer();
        files.filter(([name]) => name === field.name).forEach(([, file]) => bag.items.add(file));
        if (!bag.files.length) continue;
        field.files = bag.files;
      } else if (["radio", "checkbox"].includes(field.type)) field.checked = given.includes(field.value);
      else if (given.length) [field.value] = given;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const restores = async (form) => {
    const row = await store.get("drafts", draftOf(form));
    if (!row || row.owner !== OWNER) return;
    try {
      fill(form, await store.openForm("drafts", row));
      tell(window.gongzhi.say("restored"));
    } catch {
      await store.drop("drafts", draftOf(form));
    }
  };
  const takes = async (form) => {
    let timer;
    form.addEventListener("submit", submits);
    await restores(form);
    const soon = (event) => {
      if (!event.isTrusted && event.target.type !== "file") return;
      clearTimeout(timer);
      timer = setTimeout(() => keepDraft(form), 400);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  };

  /* 5. The page of what waits */
  const list = document.querySelector("[data-acts]");
  const item = async (act) => {
    const row = document.querySelector("#act").content.cloneNode(true).firstElementChild;
    const set = (name, text) => { row.querySelector(`[data-${name}]`).textContent = text; };
    let head = { label: "", said: [] };
    let { state } = act;
    try {
      head = await store.openHead("acts", act);
    } catch {
      state = "broken";
    }
    row.dataset.state = state;
    set("label", head.label || say("unreadable"));
    set("when", say(state === "done" ? "whenDone" : "when", { at: clock(act.at), sent: clock(head.received ?? act.at), n: act.files.length }));
    row.querySelector("[data-said]").replaceChildren(...(state === "refused" ? head.said : state === "broken" ? [say("broken")] : []).map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    row.querySelectorAll("[data-for]").forEach((part) => { part.hidden = !part.dataset.for.split(" ").includes(state); });
    if (head.done) row.querySelector("[data-see]").href = head.done;
    row.querySelector("[data-mend]").addEventListener("click", async () => {
      const { fields, files } = await store.openForm("acts", act);
      await store.putForm("drafts", head.draft, { at: Date.now(), owner: act.owner }, { fields, files });
      await store.drop("acts", act.id);
      window.location.assign(head.page);
    });
    row.querySelector("[data-drop]").addEventListener("click", async () => {
      await store.drop("acts", act.id);
      lists();
    });
    return row;
  };
  const lists = async () => {
    if (!list) return;
    const acts = (await mine()).sort((a, b) => b.at - a.at);
    const states = ["refused", "broken", "waiting", "done"];
    acts.sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
    list.replaceChildren(...await Promise.all(acts.map(item)));
    document.querySelector("[data-nothing]").hidden = acts.length > 0;
    const room = await navigator.storage?.estimate?.() ?? {};
    const pages = (await store.all("pages")).length;
    document.querySelector("[data-used]").textContent = say("room", { pages, mb: Math.round((room.usage ?? 0) / 1e5) / 10, left: Math.round(((room.quota ?? 0) - (room.usage ?? 0)) / 1e6) });
    document.querySelectorAll("[data-send]").forEach((button) => { button.disabled = !acts.some((one) => one.state === "waiting"); });
  };
  if (list) {
    new BroadcastChannel("gongzhi-work").addEventListener("message", lists);
    document.querySelector("[data-send]").addEventListener("click", async () => {
      const said = await sync();
      if (!said) tell(say("noNetwork"), "warning");
      else if (said.signedOut) tell(say("signIn"), "warning");
      lists();
    });
  }

  /* 6. Signing out wipes this device; what is not sent yet goes first, or is asked about */
  const leaves = (form) => form.addEventListener("submit", async (event) => {
    if (form.dataset.sure || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    const unsent = async () => (await mine()).filter((one) => one.state !== "done").length;
    if (await unsent()) await Promise.race([sync(), new Promise((done) => setTimeout(done, PATIENCE))]);
    const left = await unsent();
    if (left && !window.confirm(say("leave", { n: left }))) return;
    await store.wipe();
    navigator.clearAppBadge?.().catch(() => {});
    form.dataset.sure = "1";
    form.requestSubmit();
  });

  const starts = async () => {
    const registered = navigator.serviceWorker.register(words.worker, { scope: "/" });
    document.querySelectorAll("form[data-act]").forEach(takes);
    document.querySelectorAll("form[data-leave]").forEach(leaves);
    await shows();
    await lists();
    await registered;
    navigator.storage?.persist?.();
    await renew();
  };
  window.addEventListener("load", () => starts().catch(() => {})); // a browser that keeps nothing works as before
})();
