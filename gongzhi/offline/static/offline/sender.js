/* Sends what waits on this device, in the order it was done, and fetches what belongs at hand.
   Only one of all pages and the worker does so at a time; what was sent twice all the same the server does once. */
self.sender = (() => {
  "use strict";
  const PACK = "/offline/pack/";
  const PATIENCE = 60_000;
  const HOUR = 3_600_000;
  const PAGES_KEPT = 72 * HOUR;
  const DONE_KEPT = 24 * HOUR;
  const channel = new BroadcastChannel("gongzhi-work");
  const tell = (what) => channel.postMessage(what);

  const call = (address, how = {}) => fetch(address, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...how });

  /* How the device stands with the server; nothing where there is no network */
  const standing = async () => {
    const headers = { "Accept": "application/json", "Gongzhi-Device": await store.device() };
    const asked = Date.now();
    try {
      const answer = await call(PACK, { headers, redirect: "error" });
      if (!answer.ok && answer.status !== 401) return null;
      const said = await answer.json();
      if (said.now) {
        said.skew = Date.parse(said.now) - (asked + Date.now()) / 2;
        await store.put("keys", "contact", { owner: said.owner, skew: said.skew, at: Date.now() });
      }
      return { ...said, signedOut: answer.status === 401 };
    } catch {
      return null;
    }
  };

  const body = ({ fields, files }) => {
    const form = new FormData();
    fields.forEach(([name, value]) => form.append(name, value));
    files.forEach(([name, file]) => form.append(name, file, file.name));
    return form;
  };

  /* One act. `gone`: no network, or a server that is ill: it stays as it is */
  const sendOne = async (row, said) => {
    let act;
    try {
      act = await store.openForm("acts", row);
    } catch {
      return store.change(row, { state: "broken" });
    }
    const headers = { "Accept": "application/json", "X-CSRFToken": said.token, "Gongzhi-Act": row.id, "Gongzhi-Acted": act.acted, "Gongzhi-Clock": new Date(Date.now() + said.skew - act.skew).toISOString() };
    let answer;
    try {
      answer = await call(act.address, { method: "POST", headers, body: body(act), redirect: "manual" });
    } catch {
      return "gone";
    }
    if (answer.type === "opaqueredirect" || answer.status === 429 || answer.status >= 500) return "gone"; // signed out, hurried, or ill
    const told = await answer.json().catch(() => ({}));
    if (told.done) return store.change({ ...row, files: [] }, { state: "done" }, { done: told.done, received: told.received_at, fields: [], named: [] });
    return store.change(row, { state: "refused" }, { said: told.said ?? [told.detail ?? ""], status: answer.status });
  };

  const sendAll = async (said) => {
    const rows = (await store.all("acts")).filter((row) => row.state === "waiting" && row.owner === said.owner).sort((a, b) => a.at - b.at);
    let sent = 0;
    for (const row of rows) {
      if (await sendOne(row, said) === "gone") break;
      sent += 1;
      tell("acts");
    }
    return sent;
  };

  const fetchPages = async (said) => {
    const kept = new Map((await store.all("pages")).map((page) => [page.address, page]));
    const wanted = new Set(said.pages.map(([address]) => address));
    for (const [address] of kept) if (!wanted.has(address)) await store.drop("pages", address);
    for (const [address, version] of said.pages) {
      const has = kept.get(address);
      if (has?.owner === said.owner && has.version === version) {
        await store.put("pages", address, { ...has, contact: Date.now() });
        continue;
      }
      const answer = await call(address, { headers: { "Gongzhi-Pack": "1" }, redirect: "manual" }).catch(() => null);
      if (answer?.ok) await keepPage(address, answer, { owner: said.owner, version });
    }
  };

  const keepPage = async (address, answer, plain) => {
    const box = await store.seal({ html: await answer.text(), policy: answer.headers.get("Content-Security-Policy") ?? "" }, `pages ${address}`);
    await store.put("pages", address, { address, at: Date.now(), contact: Date.now(), ...plain, box });
  };

  /* What is too old to be relied on, and what has long been sent */
  const tidy = async () => {
    const now = Date.now();
    for (const page of await store.all("pages")) if (now - page.contact > PAGES_KEPT) await store.drop("pages", page.address);
    for (const act of await store.all("acts")) if (act.state === "done" && now - act.at > DONE_KEPT) await store.drop("acts", act.id);
  };

  /* Everything there is to do with the network, once: send, then renew. Returns how the device stands. */
  const sync = ({ renew = true } = {}) => navigator.locks.request("gongzhi-send", async () => {
    await tidy();
    const said = await standing();
    if (said && !said.signedOut) {
      const sent = await sendAll(said);
      if (said.wiped) await store.wipe();
      else if (renew || sent) await fetchPages(sent ? await standing() ?? said : said).catch(() => {}); // a full device keeps fewer pages
    } else if (said?.wiped) {
      await store.wipe();
    }
    tell("synced");
    return said;
  });

  return { sync, keepPage, PAGES_KEPT };
})();
