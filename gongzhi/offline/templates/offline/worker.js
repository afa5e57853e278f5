{% load l10n static %}/* Answers for pages at hand where the network does not; sends what waits once it is back. */
"use strict";
importScripts({% for one in scripts %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %});
const VERSION = "gongzhi-{{ version }}";
const PLAIN = "gongzhi-plain"; // boundaries of places: public, and the same for everybody
const ASSETS = new Set([{% for one in assets %}"{{ one|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}]);
const BOUNDARIES = "{% url "places:map" %}";
const WAITING = "{% url "offline:waiting" %}";
const SLOW = 1500; // ms after which a page at hand is shown rather than waited for

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll([...ASSETS])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("gongzhi-") && name !== VERSION && name !== PLAIN) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("sync", (event) => event.waitUntil(sender.sync().then((said) => {
  if (!said) throw new Error("no network yet"); // the browser tries again later
})));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (ASSETS.has(url.pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  else if (url.pathname === BOUNDARIES) event.respondWith(boundaries(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
});

const boundaries = async (request) => {
  const cache = await caches.open(PLAIN);
  try {
    const answer = await fetch(request);
    if (answer.ok) cache.put(request, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
};

/* The network's page where it comes in time, else the one at hand; for what is not at hand, what is */
const page = async (request, address) => {
  const kept = await atHand(address);
  const asked = fetch(request);
  if (!kept) return asked.catch(async (fault) => {
    const instead = await atHand(WAITING);
    if (!instead) throw fault;
    return shown(instead);
  });
  const slow = new Promise((done) => setTimeout(done, SLOW));
  const answer = await Promise.race([asked, slow]).catch(() => null);
  if (!answer || answer.status >= 500) return shown(kept);
  return answer;
};

const atHand = async (address) => {
  const [kept, contact] = await Promise.all([store.get("pages", address), store.get("keys", "contact")]).catch(() => []);
  return kept && kept.owner === contact?.owner && Date.now() - kept.contact < sender.PAGES_KEPT ? kept : null;
};

const shown = async (kept) => {
  const { html, policy } = await store.unseal(kept.box, `pages ${kept.address}`);
  const marked = html.replace("<html ", `<html data-kept="${new Date(kept.at).toISOString()}" `);
  return new Response(marked, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy } });
};
