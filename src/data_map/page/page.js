(() => {
"use strict";
const started = performance.now();
const $ = id => document.getElementById(id);
const meta = JSON.parse($("meta").textContent);
const stored = JSON.parse($("rows").textContent);
const ROW = 30, BODY = document.body.dataset;
let lang = meta.lang;
const say = pair => Array.isArray(pair) ? pair[lang === "sv" ? 1 : 0] : String(pair);
// By hand: a formatter of the browser takes longer to make than the whole list to filter.
const number = n => String(n).replace(/\B(?=(\d{3})+$)/g, lang === "sv" ? "\u00A0" : ",");
// Everything that comes from a file is set as text, never as markup.
const make = (name, text, attributes) => {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  return element;
};
const W = {
  system: ["System or folder", "System eller mapp"], category: ["Category", "Kategori"],
  place: ["Where", "Var"], spot: ["Place in it", "Plats i den"], value: ["Value", "Värde"],
  confidence: ["Confidence", "Säkerhet"], score: ["Score", "Poäng"], places: ["Places", "Platser"],
  evidence: ["Evidence", "Belägg"], modified: ["Last written", "Senast skriven"], owner: ["Owner", "Ägare"],
  mode: ["Mode", "Rättigheter"], all: ["all", "alla"], search: ["Search", "Sök"],
  least: ["At least", "Minst"], special: ["Special categories only", "Bara känsliga uppgifter"],
  world: ["Readable by everybody", "Läsbara för alla"], fresh: ["New since the last scan", "Nya sedan förra"],
  clear: ["Clear filters", "Rensa filter"], matrix: ["What lies where", "Vad som finns var"],
  list: ["Places", "Platser"], close: ["Close", "Stäng"], theme: ["Light or dark", "Ljust eller mörkt"],
  other: ["Svenska", "English"], persons: ["distinct", "olika"], specialMark: ["special category", "känslig uppgift"],
  undeclared: ["not declared", "inte deklarerat"], unread: ["unread", "olästa"], none: ["nothing found", "inget hittat"],
  test: ["published for tests", "utgivet för test"], yes: ["yes", "ja"], sort: ["sort", "sortera"],
  spread: ["Places with this value", "Platser med samma värde"],
  help: ["Choose a number in the matrix to see its places.", "Välj en siffra i matrisen för att se platserna."],
};
const GRADES = [["low", "låg"], ["medium", "medel"], ["high", "hög"]];
const SPECIAL = 1, TEST = 2, NEW = 4;

// Rows come in order: a thing, what stands in it, then what is known of its file.
const rows = [], things = [], units = [["", "", "", "", 0]], evidence = [];
{
  let open = 0;
  for (const row of stored) {
    if (row[0] === "t") things.push(row[1]);
    else if (row[0] === "e") evidence.push(row[1]);
    else if (row[0] === "u") {
      units.push(row.slice(1));
      for (; open < rows.length; open++) rows[open].u = units.length - 1;
    } else rows.push({ g: row[0], c: row[1], k: row[2], s: row[3], m: row[4], p: row[5], e: row[6], f: row[7],
      n: row[8], t: things.length - 1, u: 0, i: rows.length, text: "" });
  }
}
// What a word is looked for in: names once each, the rest by row.
const lower = text => text.toLowerCase();
const thingTexts = things.map(lower), groupTexts = meta.groups.map(group => lower(group.name));
const categoryTexts = meta.categories.map(c => lower(c.id + "\n" + c.name.join("\n")));
const ownerTexts = units.map(unit => lower(unit[1]));
for (const row of rows) row.text = lower(row.p + "\n" + row.m);
function finder(word) {
  const marks = texts => Uint8Array.from(texts, text => text.includes(word));
  const t = marks(thingTexts), g = marks(groupTexts), c = marks(categoryTexts), u = marks(ownerTexts);
  return row => t[row.t] || c[row.c] || g[row.g] || u[row.u] ||
    row.text.includes(word);
}
// In a scan a row has a number for its value: the same number, the same value.
if (meta.kind === "scan") {
  const spread = new Map();
  for (const row of rows) if (row.n) spread.set(row.n, (spread.get(row.n) || 0) + 1);
  for (const row of rows) row.n = spread.get(row.n) || 0;
}
const shows = {
  value: rows.some(row => row.m),
  places: meta.kind === "map" || rows.some(row => row.n),
  world: units.some(unit => unit[4]), owner: units.some(unit => unit[1]), modified: units.some(unit => unit[0]),
  fresh: rows.some(row => row.f & NEW), special: rows.some(row => row.f & SPECIAL),
};
const filter = { q: "", g: -1, c: -1, k: 0, special: false, world: false, fresh: false };
let order = Int32Array.from(rows.keys()), shown = order, sorting = { key: "", down: false };

function apply() {
  const from = performance.now();
  const words = lower(filter.q).split(/\s+/).filter(Boolean).map(finder);
  const out = new Int32Array(order.length);
  let n = 0;
  for (const at of order) {
    const row = rows[at];
    if (filter.g >= 0 && row.g !== filter.g || filter.c >= 0 && row.c !== filter.c || row.k < filter.k) continue;
    if (filter.special && !(row.f & SPECIAL) || filter.fresh && !(row.f & NEW)) continue;
    if (filter.world && !units[row.u][4]) continue;
    if (words.length && !words.every(finds => finds(row))) continue;
    out[n++] = at;
  }
  shown = out.subarray(0, n);
  $("list").scrollTop = 0;
  drawn = "";
  draw();
  status();
  pressed();
  BODY.shown = n;
  BODY.filterMs = (performance.now() - from).toFixed(1);
}

const KEYS = {
  place: row => row.t, category: row => say(meta.categories[row.c].name), system: row => row.g,
  confidence: row => row.k + row.s / 2, places: row => row.n, modified: row => units[row.u][0], spot: row => row.p,
  owner: row => units[row.u][1], value: row => row.m,
};
function sortBy(key) {
  sorting = { key, down: sorting.key === key ? !sorting.down : key === "places" || key === "confidence" };
  const sign = sorting.down ? -1 : 1, of = rows.map(KEYS[key]);
  order = Int32Array.from(rows.keys()).sort((a, b) =>
    of[a] < of[b] ? -sign : of[a] > of[b] ? sign : a - b);
  head();
  apply();
}

const COLUMNS = () => [
  ["place", "30%"], ["spot", "17%"], ["category", "14%"], ...(shows.value ? [["value", "13%"]] : []), ["confidence", "9%"],
  ...(shows.places ? [["places", "7%"]] : []), ...(shows.owner ? [["owner", "8%"]] : []),
  ...(shows.modified ? [["modified", "9%"]] : []),
];
function cell(row, key) {
  const unit = units[row.u];
  switch (key) {
    case "place": return things[row.t];
    case "category": return say(meta.categories[row.c].name) + (row.f & SPECIAL ? " \u25C6" : "");
    case "confidence": return say(GRADES[row.k]);
    case "places": return number(row.n);
    case "spot": return row.p;
    case "value": return row.m;
    case "owner": return unit[1] + (unit[4] ? " \u26A0" : "");
    default: return unit[0].slice(0, 10);
  }
}
let drawn = "";
function draw(all) {
  const list = $("list"), body = $("body");
  const height = list.clientHeight || 600;
  const from = all ? 0 : Math.max(0, Math.floor(list.scrollTop / ROW) - 10);
  const to = Math.min(shown.length, all ? 2000 : from + Math.ceil(height / ROW) + 20);
  const key = from + ":" + to;
  if (key === drawn) return;
  drawn = key;
  const focused = document.activeElement && document.activeElement.dataset.row;
  const columns = COLUMNS(), piece = document.createDocumentFragment();
  const gap = n => {
    const tr = make("tr", null, { class: "gap", "aria-hidden": "true" }), td = make("td", null, { colspan: columns.length });
    td.style.height = n * ROW + "px";
    tr.append(td);
    piece.append(tr);
  };
  if (from > 0) gap(from);
  for (let n = from; n < to; n++) {
    const row = rows[shown[n]], tr = make("tr", null, { "aria-rowindex": n + 2 });
    for (const [name] of columns) {
      const td = make("td", null, name === "places" ? { class: "num" } : {}), text = cell(row, name);
      if (name === "place") {
        const button = make("button", null, { type: "button", "data-row": row.i, title: text });
        button.append(make("bdi", text || say(W.none)));
        td.append(button);
      } else td.append(make("bdi", text));
      tr.append(td);
    }
    piece.append(tr);
  }
  if (to < shown.length && !all) gap(shown.length - to);
  body.replaceChildren(piece);
  if (focused) body.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
}
function head() {
  const tr = make("tr", null, { "aria-rowindex": 1 }), group = document.createDocumentFragment();
  for (const [name, width] of COLUMNS()) {
    const down = sorting.key === name && sorting.down;
    const th = make("th", null, { scope: "col", "aria-sort": sorting.key !== name ? "none" : down ? "descending" : "ascending" });
    const button = make("button", say(W[name]) + (sorting.key === name ? (down ? " \u25BC" : " \u25B2") : ""), { type: "button" });
    button.onclick = () => { sortBy(name); $("head").querySelectorAll("button")[COLUMNS().findIndex(c => c[0] === name)].focus(); };
    th.append(button);
    tr.append(th);
    const col = make("col");
    col.style.width = width;
    group.append(col);
  }
  $("columns").replaceChildren(group);
  $("head").replaceChildren(tr);
}
function status() {
  $("table").setAttribute("aria-rowcount", shown.length + 1);
  const words = lang === "sv" ? `Visar ${number(shown.length)} av ${number(rows.length)}` :
    `Showing ${number(shown.length)} of ${number(rows.length)}`;
  const more = meta.total > meta.kept ? (lang === "sv" ?
    `. Sidan har de första ${number(meta.kept)} av ${number(meta.total)}; siffrorna ovan räknar alla` :
    `. This page has the first ${number(meta.kept)} of ${number(meta.total)}; the numbers above count all`) : "";
  $("status").textContent = words + more;
}

function matrix() {
  const table = make("table"), thead = make("thead"), top = make("tr"), body = make("tbody");
  table.append(make("caption", say(W.help), { class: "soft" }));
  top.append(make("th", say(W.system), { scope: "col" }));
  meta.categories.forEach(c => {
    const th = make("th", null, { scope: "col" });
    th.append(make("span", say(c.name)));
    if (c.special) th.append(make("small", "\u25C6 " + say(W.specialMark), { class: "mark" }));
    top.append(th);
  });
  thead.append(top);
  const cells = new Map(meta.cells.map(c => [c[0] + ":" + c[1], c]));
  const most = Math.log1p(Math.max(1, ...meta.cells.map(c => c[2])));
  meta.groups.forEach((group, g) => {
    const tr = make("tr"), th = make("th", null, { scope: "row" });
    th.append(make("bdi", group.name));
    const notes = [];
    if (group.undeclared) notes.push(say(W.undeclared));
    if (group.oldest) notes.push(group.oldest === group.newest ? group.oldest : group.oldest + " \u2013 " + group.newest);
    if (group.unread) notes.push(number(group.unread) + " " + say(W.unread));
    if (notes.length) th.append(make("small", notes.join(" \u00B7 "), group.undeclared || group.unread ? { class: "mark" } : {}));
    tr.append(th);
    meta.categories.forEach((category, c) => {
      const found = cells.get(g + ":" + c), td = make("td");
      if (found) {
        const button = make("button", number(found[2]), { type: "button", "data-cell": g + ":" + c, "aria-pressed": "false",
          "aria-label": `${group.name}, ${say(category.name)}: ${found[2]}` });
        if (found[3] !== null) button.append(make("small", number(found[3]) + " " + say(W.persons)));
        button.style.background = `rgba(var(--heat),${(0.06 + 0.34 * Math.log1p(found[2]) / most).toFixed(2)})`;
        button.onclick = () => choose(g, c);
        td.append(button);
      }
      tr.append(td);
    });
    body.append(tr);
  });
  table.append(thead, body);
  $("matrix").replaceChildren(table);
  $("matrix").hidden = !meta.cells.length;
}
function choose(g, c) {
  const same = filter.g === g && filter.c === c;
  filter.g = same ? -1 : g;
  filter.c = same ? -1 : c;
  controls();
  apply();
  if (!same) $("places").scrollIntoView({ block: "start" });
}
function pressed() {
  const at = filter.g + ":" + filter.c;
  document.querySelectorAll("[data-cell]").forEach(b => b.setAttribute("aria-pressed", String(b.dataset.cell === at)));
}

function controls() {
  const form = $("filters"), field = (words, input) => {
    const label = make("label", say(words));
    label.append(input);
    return label;
  };
  const select = (options, value, act) => {
    const element = make("select");
    options.forEach(([id, text]) => element.append(make("option", text, { value: id })));
    element.value = value;
    element.onchange = () => { act(Number(element.value)); apply(); };
    return element;
  };
  const check = (words, key) => {
    const label = make("label", null, { class: "check" }), box = make("input", null, { type: "checkbox" });
    box.checked = filter[key];
    box.onchange = () => { filter[key] = box.checked; apply(); };
    label.append(box, make("span", say(words)));
    return label;
  };
  const search = make("input", null, { type: "search", id: "q" });
  search.value = filter.q;
  search.oninput = () => { filter.q = search.value; apply(); };
  const all = [-1, say(W.all)];
  const clear = make("button", say(W.clear), { type: "button" });
  clear.onclick = () => { Object.assign(filter, { q: "", g: -1, c: -1, k: 0, special: false, world: false, fresh: false }); controls(); apply(); };
  form.replaceChildren(field(W.search, search),
    field(W.system, select([all, ...meta.groups.map((g, n) => [n, g.name])], filter.g, v => filter.g = v)),
    field(W.category, select([all, ...meta.categories.map((c, n) => [n, say(c.name)])], filter.c, v => filter.c = v)),
    field(W.least, select(GRADES.map((g, n) => [n, say(g)]), filter.k, v => filter.k = v)),
    ...(shows.special ? [check(W.special, "special")] : []), ...(shows.world ? [check(W.world, "world")] : []),
    ...(shows.fresh ? [check(W.fresh, "fresh")] : []), clear);
}

function details(row) {
  const list = make("dl"), unit = units[row.u], add = (words, value) => {
    if (value === "" || value === undefined || value === null) return;
    const dd = make("dd");
    dd.append(make("bdi", value));
    list.append(make("dt", say(words)), dd);
  };
  add(W.system, meta.groups[row.g].name);
  add(W.place, things[row.t]);
  add(W.spot, row.p);
  add(W.category, say(meta.categories[row.c].name));
  add(W.value, row.m);
  add(W.confidence, say(GRADES[row.k]) + (row.s ? ` (${row.s.toFixed(2)})` : ""));
  add(W.evidence, (evidence[row.e] || "").split(" ").filter(Boolean).map(id => meta.clues[id.split(":")[0]] ? say(meta.clues[id.split(":")[0]]) : id).join("; "));
  if (row.n) add(meta.kind === "map" ? W.places : W.spread, number(row.n));
  if (row.f & SPECIAL) add(W.specialMark, say(W.yes));
  if (row.f & TEST) add(W.test, say(W.yes));
  add(W.modified, unit[0]);
  add(W.owner, unit[1] + (unit[2] ? ":" + unit[2] : ""));
  add(W.mode, unit[3] + (unit[4] ? ", " + say(W.world).toLowerCase() : ""));
  const close = make("button", say(W.close), { type: "button", autofocus: "" });
  close.onclick = () => $("details").close();
  $("details").replaceChildren(list, close);
  $("details").showModal();
  BODY.details = row.i;
}

function frame() {
  document.documentElement.lang = lang;
  document.title = say(meta.title);
  $("title").textContent = say(meta.title);
  $("facts").replaceChildren(...meta.facts.map(([words, value]) => {
    const div = make("div");
    div.append(make("dt", say(words)), make("dd", say(value)));
    return div;
  }));
  $("notices").replaceChildren(...meta.notices.map(text => make("p", say(text), { class: "notice" })));
  $("h-matrix").textContent = say(W.matrix);
  $("h-list").textContent = say(W.list);
  $("lang").textContent = say(W.other);
  $("theme").textContent = say(W.theme);
  $("list").setAttribute("aria-label", say(W.list));
  $("sections").replaceChildren(...meta.sections.map(section => {
    const details = make("details", null, section.items.length <= 12 ? { open: "" } : {}), ul = make("ul");
    details.append(make("summary", `${say(section.title)} (${number(section.count)})`), ul);
    section.items.forEach(item => { const li = make("li"); li.append(make("bdi", say(item))); ul.append(li); });
    if (section.count > section.items.length) ul.append(make("li", "\u2026", { class: "soft" }));
    return details;
  }));
  matrix();
  controls();
  head();
}

function fromHash() {
  const hash = new URLSearchParams(location.hash.slice(1));
  if (hash.get("lang")) lang = hash.get("lang") === "sv" ? "sv" : "en";
  filter.q = hash.get("q") || "";
  filter.c = hash.has("c") ? meta.categories.findIndex(c => c.id === hash.get("c")) : -1;
  filter.g = hash.has("g") ? meta.groups.findIndex(g => g.name === hash.get("g")) : -1;
  filter.k = Math.max(0, GRADES.findIndex(g => g[0] === hash.get("least")));
  filter.special = hash.has("special");
  filter.world = hash.has("world");
  filter.fresh = hash.has("new");
  if (hash.has("theme")) document.documentElement.dataset.theme = hash.get("theme");
  frame();
  if (KEYS[hash.get("sort")]) sortBy(hash.get("sort")); else apply();
  if (hash.has("open") && shown.length) details(rows[shown[Math.min(Number(hash.get("open")) || 0, shown.length - 1)]]);
}

$("list").addEventListener("scroll", () => draw());
addEventListener("resize", () => draw());
$("body").addEventListener("click", event => {
  const button = event.target.closest("[data-row]");
  if (button) details(rows[Number(button.dataset.row)]);
});
$("lang").onclick = () => { lang = lang === "sv" ? "en" : "sv"; frame(); apply(); };
$("theme").onclick = () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
};
addEventListener("beforeprint", () => { drawn = ""; draw(true); });
addEventListener("afterprint", () => { drawn = ""; draw(); });
addEventListener("hashchange", fromHash);
fromHash();
BODY.openMs = performance.now().toFixed(0);
BODY.buildMs = (performance.now() - started).toFixed(0);
BODY.foreign = document.querySelectorAll("img,iframe,object,embed,[src],link[href^=http]").length;
BODY.ready = "1";
})();
