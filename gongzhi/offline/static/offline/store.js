/* What a device keeps for work without network: pages at hand, acts not sent yet, drafts.
   All is sealed (AES-GCM) with a key that the browser keeps and lets nobody read out. Used by pages and by the worker. */
self.store = (() => {
  "use strict";
  const STORES = ["keys", "pages", "acts", "drafts"];
  let opened;

  const open = () => {
    opened ??= new Promise((done, fail) => {
      const asked = indexedDB.open("gongzhi-work", 1);
      asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
      asked.onerror = () => fail(asked.error);
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        asked.result.onclose = () => { opened = undefined; };
        done(asked.result);
      };
    }).catch((fault) => {
      opened = undefined;
      throw fault;
    });
    return opened;
  };

  /* One transaction; it has reached the disk when this is done */
  const run = async (name, mode, what) => {
    const db = await open();
    return new Promise((done, fail) => {
      const work = db.transaction(name, mode, { durability: "strict" });
      const asked = what(work.objectStore(name));
      work.oncomplete = () => done(asked?.result);
      work.onabort = () => fail(work.error ?? asked?.error);
    });
  };
  const get = (name, key) => run(name, "readonly", (store) => store.get(key));
  const all = (name) => run(name, "readonly", (store) => store.getAll());
  const put = (name, key, value) => run(name, "readwrite", (store) => store.put(value, key));
  const drop = (name, key) => run(name, "readwrite", (store) => store.delete(key));

  /* Made once for a device, though a page and the worker may both be the first to ask */
  const once = async (name, make) => {
    const found = await get("keys", name);
    if (found) return found;
    const made = await make();
    await run("keys", "readwrite", (store) => store.add(made, name)).catch(() => {});
    return get("keys", name);
  };
  const key = () => once("seal", () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]));
  const device = () => once("device", () => crypto.randomUUID());

  const bytes = (text) => new TextEncoder().encode(text);
  const sealBytes = async (plain, about) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(about) }, await key(), plain) };
  };
  /* Fails where anything was changed, or moved from another record */
  const openBytes = async ({ iv, sealed }, about) => crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytes(about) }, await key(), sealed);
  const seal = (value, about) => sealBytes(bytes(JSON.stringify(value)), about);
  const unseal = async (box, about) => JSON.parse(new TextDecoder().decode(await openBytes(box, about)));

  /* A form's fields and files under a key, in acts or drafts. `plain` stands beside them in the open. */
  const putForm = async (name, id, plain, { fields, files, ...head }) => {
    const named = files.map(([field, file]) => [field, file.name, file.type]);
    const sealed = await Promise.all(files.map(async ([, file], n) => sealBytes(await file.arrayBuffer(), `${name} ${id} ${n}`)));
    await put(name, id, { ...plain, id, head: await seal({ ...head, fields, named }, `${name} ${id}`), files: sealed });
  };
  const openHead = (name, row) => unseal(row.head, `${name} ${row.id}`);
  const openForm = async (name, row) => {
    const { named, ...head } = await openHead(name, row);
    const files = await Promise.all(named.map(async ([field, called, type], n) => [field, new File([await openBytes(row.files[n], `${name} ${row.id} ${n}`)], called, { type })]));
    return { ...head, files };
  };
  /* Change what is in the open of an act, or add to what is sealed */
  const change = async (row, plain, more) => {
    const head = more ? await seal({ ...await openHead("acts", row), ...more }, `acts ${row.id}`) : row.head;
    const changed = { ...row, ...plain, head };
    await put("acts", row.id, changed);
    return changed;
  };

  const wipe = async () => {
    for (const name of STORES) await run(name, "readwrite", (store) => store.clear());
  };

  return { get, all, put, drop, once, device, seal, unseal, putForm, openHead, openForm, change, wipe };
})();
