/* A map of our own boundaries, without any outside tile unless one is configured. Beside it always stands a list
   or a form field that does the same. See base/_map.html for the data attributes. */
(() => {
  "use strict";
  const L = window.L;
  const { say, icon } = window.gongzhi;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const near = (value) => (value === "" || value === undefined || Number.isNaN(Number(value)) ? null : Number(value));

  const LOOK = {
    area: { color: "#9db3ab", weight: 1, fillColor: token("--surface"), fillOpacity: 0.8 },
    outer: { color: "#4f7268", weight: 2, fillColor: token("--surface"), fillOpacity: 0.5 },
    over: { fillColor: token("--brand-soft"), fillOpacity: 0.9 },
    chosen: { color: token("--brand"), weight: 3, fillColor: token("--brand-line"), fillOpacity: 0.55 },
  };

  const SMALL = 0.0003; // degrees: closer than thirty metres the map shows nothing new

  /* Whether a ring list (GeoJSON order: lon, lat) holds a point, by the even-odd rule */
  const holds = (rings, lat, lon) => rings.reduce((inside, ring) => {
    let odd = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if ((yi > lat) !== (yj > lat) && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) odd = !odd;
    }
    return inside !== odd;
  }, false);

  const polygons = (shape) => (shape.type === "MultiPolygon" ? shape.coordinates : [shape.coordinates]);

  class Atlas {
    constructor(box) {
      this.box = box;
      this.set = box.dataset;
      this.status = box.parentElement.querySelector("[data-map-status]");
      this.here = box.parentElement.querySelector("[data-map-here]");
      this.lat = document.getElementById(this.set.pinLat);
      this.lon = document.getElementById(this.set.pinLon);
      this.place = document.getElementById(this.set.place);
      this.areas = new Map();
      this.counts = JSON.parse((this.set.counts && document.getElementById(this.set.counts)?.textContent) || "{}");
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.map = L.map(box, { zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 3, maxZoom: 19, maxBoundsViscosity: 0.8, preferCanvas: false });
      this.map.attributionControl.setPrefix(false);
      this.map.createPane("names").classList.add("map__names");
      L.control.zoom({ zoomInTitle: say("zoomIn"), zoomOutTitle: say("zoomOut") }).addTo(this.map);
      box.addEventListener("focusin", () => this.map.scrollWheelZoom.enable());
      box.addEventListener("focusout", () => this.map.scrollWheelZoom.disable());
      if (this.set.tiles) L.tileLayer(this.set.tiles, { attribution: this.set.tilesBy, maxZoom: 19 }).addTo(this.map);
    }

    async start() {
      const data = this.set.source ? await fetch(this.set.source, { headers: { Accept: "application/json" } }).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      }) : { type: "FeatureCollection", features: [] };
      this.draw(data);
      this.open();
      this.mark();
      this.show();
      if (this.lat && this.lon) this.pick();
    }

    draw(data) {
      const many = data.features.length > 1500;
      this.layer = L.geoJSON(data, {
        interactive: true,
        ...(many ? { renderer: L.canvas() } : {}),
        style: (feature) => this.look(feature.properties),
        onEachFeature: (feature, layer) => {
          this.areas.set(feature.properties.code, layer);
          const url = this.counts[feature.properties.code]?.url;
          if (url) layer.on("click", () => window.location.assign(url));
          layer.on("mouseover", () => layer.feature.properties.code !== this.set.chosen && layer.setStyle(LOOK.over));
          layer.on("mouseout", () => layer.feature.properties.code !== this.set.chosen && this.layer.resetStyle(layer));
        },
      }).addTo(this.map);
      if (data.features.length > 0) this.map.setMaxBounds(this.layer.getBounds().pad(0.6));
      this.map.on("zoomend", () => this.names());
    }

    /* An area that is counted is the darker the higher its `share` (0 to 1) of the highest count */
    look({ code, level }) {
      if (code === this.set.chosen) return LOOK.chosen;
      const count = this.counts[code];
      if (count) return { ...LOOK.area, fillColor: token("--brand-line"), fillOpacity: 0.15 + 0.85 * count.share };
      return level === 1 ? LOOK.outer : LOOK.area;
    }

    /* Names only where there is room for them */
    names() {
      this.areas.forEach((layer) => {
        const bounds = layer.getBounds();
        const width = this.map.latLngToLayerPoint(bounds.getNorthEast()).x - this.map.latLngToLayerPoint(bounds.getSouthWest()).x;
        const label = this.counts[layer.feature.properties.code]?.label ?? "";
        const name = `${layer.feature.properties.name ?? ""} ${label}`.trim();
        const fits = (text) => width > [...text].length * (/[^\x00-\x7f]/.test(text) ? 17 : 9);
        const shown = [name, label].find((text) => text && fits(text)) ?? "";
        if (layer.named === shown && layer.getTooltip()) return;
        layer.unbindTooltip();
        if (!shown && !name) return;
        layer.bindTooltip(Object.assign(document.createElement("span"), { textContent: shown || name }), shown ? { permanent: true, direction: "center", className: "map__name", interactive: false, pane: "names" } : { sticky: true });
        layer.named = shown;
      });
    }

    open() {
      const lat = near(this.lat?.value) ?? near(this.set.lat);
      const lon = near(this.lon?.value) ?? near(this.set.lon);
      const chosen = this.areas.get(this.set.chosen);
      const [south, west, north, east] = (this.set.openOn ?? "").split(",").map(Number);
      if (east !== undefined) this.map.fitBounds([[south, west], [north, east]], { maxZoom: 19, animate: false });
      else if (lat !== null && lon !== null) this.near(L.latLng(lat, lon), Number(this.set.zoom) || 16);
      else if (chosen) this.map.fitBounds(chosen.getBounds().pad(0.15));
      else if (this.areas.size > 0) this.map.fitBounds(this.layer.getBounds().pad(0.02));
      else this.map.setView([35, 105], 4);
      this.names();
    }

    /* Matters as dots, each bound to its row in the list beside the map; where many lie, how many */
    mark() {
      const given = this.set.points && document.getElementById(this.set.points);
      if (!given) return;
      const group = L.featureGroup();
      JSON.parse(given.textContent).forEach((point) => {
        if (point.n) return group.addLayer(this.cluster(point));
        const dot = L.circleMarker([point.lat, point.lon], { radius: 8, color: "#ffffff", weight: 2, fillColor: token(`--${point.tone ?? "brand"}`) || token("--brand"), fillOpacity: 1 });
        const row = point.row && document.querySelector(`[data-row="${CSS.escape(point.row)}"]`);
        const at = (on) => {
          dot.setStyle({ color: on ? token("--focus") : "#ffffff", weight: on ? 4 : 2 });
          row?.classList.toggle("is-at", on);
          if (on) dot.bringToFront();
        };
        if (point.label) dot.bindTooltip(Object.assign(document.createElement("span"), { textContent: point.label }));
        if (point.url) dot.on("click", () => window.location.assign(point.url));
        dot.on("mouseover", () => { at(true); row?.scrollIntoView({ block: "nearest" }); }).on("mouseout", () => at(false));
        ["mouseenter", "focusin"].forEach((name) => row?.addEventListener(name, () => at(true)));
        ["mouseleave", "focusout"].forEach((name) => row?.addEventListener(name, () => at(false)));
        return group.addLayer(dot);
      });
      this.marks?.remove();
      this.marks = group.addTo(this.map);
    }

    /* How many lie in a cell: pressed it leads closer, and where that shows nothing new, to their list */
    cluster({ lat, lon, n, late, label, cell, url }) {
      const drawing = document.createElement("span");
      drawing.className = "cluster";
      drawing.append(Object.assign(document.createElement("b"), { textContent: n }));
      if (late) {
        const some = Object.assign(document.createElement("span"), { className: "cluster__late" });
        some.append(icon("clock-exclamation"));
        drawing.append(some);
      }
      const mark = L.marker([lat, lon], { keyboard: false, icon: L.divIcon({ className: "map__cluster", html: drawing, iconSize: [0, 0] }) });
      mark.bindTooltip(Object.assign(document.createElement("span"), { textContent: label }), { direction: "top", offset: [0, -14] });
      const [[south], [north]] = cell;
      return mark.on("click", () => {
        if (north - south < SMALL || this.map.getZoom() >= this.map.getMaxZoom()) window.location.assign(url);
        else this.map.fitBounds(cell, { maxZoom: 19 });
      });
    }

    /* Once the map was moved, what it shows is counted anew, and the parts of the page beside it follow */
    async follow() {
      this.asked?.abort();
      this.asked = new AbortController();
      const bounds = this.map.getBounds();
      const url = new URL(window.location);
      url.searchParams.set("box", [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()].map((side) => side.toFixed(5)).join());
      ["after", "before"].forEach((name) => url.searchParams.delete(name));
      try {
        const answer = await fetch(url, { signal: this.asked.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.querySelectorAll("[data-map-part]").forEach((part) => part.replaceWith(page.getElementById(part.id)));
      } catch (fault) {
        if (fault.name !== "AbortError") this.status.textContent = say("failed");
        return;
      }
      window.history.replaceState(null, "", url);
      this.status.textContent = document.querySelector("[data-map-said]")?.textContent ?? "";
      this.mark();
    }

    /* Dots that were not said where to open on are all shown at first */
    show() {
      const here = near(this.set.lat) !== null || this.set.chosen || this.set.openOn;
      if (this.marks?.getLayers().length > 1 && !here) this.map.fitBounds(this.marks.getBounds().pad(0.05), { maxZoom: 16, animate: false });
      if ("anew" in this.set) this.map.on("moveend", () => this.follow());
    }

    /* The pin of a form */
    pick() {
      this.box.classList.add("map--pick");
      if (near(this.lat.value) !== null && near(this.lon.value) !== null) this.pin(L.latLng(this.lat.value, this.lon.value), "", "");
      this.map.on("click", (event) => this.pin(event.latlng, say("pinned")));
      this.lat.addEventListener("pin", () => {
        const at = L.latLng(this.lat.value, this.lon.value);
        this.near(at, 17);
        this.pin(at, say("pinned"), "");
      });
      this.box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target !== this.box) return;
        event.preventDefault();
        this.pin(this.map.getCenter(), say("pinned"));
      });
      this.place?.addEventListener("change", () => this.choose(this.place.value, true));
      if (this.place?.value) this.choose(this.place.value, near(this.lat.value) === null);
      if (!this.here || !navigator.geolocation) return;
      this.here.hidden = false;
      this.here.addEventListener("click", () => this.locate());
    }

    /* `from` tells a form whether the pin stands on the thing itself or only where the device is; "" leaves it as it was */
    pin(at, words, from = "pin") {
      if (!this.marker) {
        const drawing = document.createElement("span");
        drawing.append(icon("map-pin"));
        this.marker = L.marker(at, { draggable: true, autoPan: true, title: say("pin"), alt: say("pin"), icon: L.divIcon({ className: "map__pin", html: drawing, iconSize: [44, 44], iconAnchor: [22, 41] }) }).addTo(this.map);
        this.marker.on("dragend", () => this.pin(this.marker.getLatLng(), say("pinned")));
      }
      this.marker.setLatLng(at);
      if (from) this.lat.dataset.from = from;
      this.lat.value = at.lat.toFixed(6);
      this.lon.value = at.lng.toFixed(6);
      [this.lat, this.lon].forEach((field) => field.dispatchEvent(new Event("change", { bubbles: true })));
      const area = this.under(at);
      if (area) this.choose(area.feature.properties.code, false);
      if (words) this.status.textContent = area ? `${words} ${area.feature.properties.name}` : words;
    }

    /* Without tiles only boundaries tell where one is: then the whole area is shown */
    near(at, zoom) {
      const area = this.set.tiles ? null : this.under(at);
      if (area) this.map.fitBounds(area.getBounds().pad(0.15));
      else this.map.setView(at, zoom);
    }

    under(at) {
      return [...this.areas.values()].filter(({ feature }) => polygons(feature.geometry).some((rings) => holds(rings, at.lat, at.lng)))
        .sort((a, b) => (b.feature.properties.level ?? 0) - (a.feature.properties.level ?? 0))[0];
    }

    choose(code, go) {
      const before = this.areas.get(this.set.chosen);
      const area = this.areas.get(code);
      this.set.chosen = area ? code : "";
      if (before) this.layer.resetStyle(before);
      if (!area) return;
      area.setStyle(LOOK.chosen);
      area.bringToFront();
      if (go) this.map.fitBounds(area.getBounds().pad(0.15));
      if (this.place && !go && [...this.place.options ?? []].some((option) => option.value === code)) this.place.value = code;
    }

    /* Asked once, for this one point: it becomes the matter's place and is kept nowhere else */
    locate() {
      this.status.textContent = say("finding");
      navigator.geolocation.getCurrentPosition((found) => {
        const at = L.latLng(found.coords.latitude, found.coords.longitude);
        this.near(at, 17);
        this.pin(at, say("found"), "device");
      }, () => {
        this.status.textContent = say("notFound");
      }, { enableHighAccuracy: true, timeout: 10_000, maximumAge: 0 });
    }
  }

  const begin = (box) => {
    const atlas = new Atlas(box);
    atlas.start().catch(() => {
      atlas.status.textContent = say("mapFailed");
      box.hidden = true;
    });
  };

  /* A map in a closed part has no size to be drawn in: it begins when the part is opened */
  document.querySelectorAll("[data-map]").forEach((box) => {
    const part = box.closest("details:not([open])");
    if (part) part.addEventListener("toggle", () => begin(box), { once: true });
    else begin(box);
  });
})();
