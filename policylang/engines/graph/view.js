// Draws the permission graph: a stack of boxes for each column, links between them. What is hidden
// in a group or by the filter is never in the page, so that large graphs stay quick.
(() => {
  const graph = JSON.parse(document.getElementById("graph").textContent);
  const canvas = document.getElementById("canvas");
  const about = document.getElementById("about");
  const SVG = "http://www.w3.org/2000/svg";
  const RULES = 2, MOST = 300, CROWDED = 160, DENSE = 500;
  const EFFECTS = ["allow", "require_approval", "deny", "limit"];

  const items = graph.items.map(([column, label, tone, lines, frame, family, details, short, coarse, kind], id) => ({
    id: "i" + id, column, label, tone, lines, frame, family, details, short: short || label, coarse, kind, members: [],
    text: [label, tone.replace("_", " "), frame, ...lines, ...details.map((d) => d[1])].join("\n").toLowerCase(),
  }));
  const ahead = items.map(() => []), behind = items.map(() => []);
  for (const [source, target, tone] of graph.links) {
    if (tone === "confers") continue;
    ahead[source].push(target);
    behind[target].push(source);
  }

  const state = { words: [], effects: new Set(EFFECTS), open: new Set(), shut: new Set(), chosen: null };
  let shown = [], links = [], byId = new Map(), view = { x: 0, y: 0, scale: 1 }, extent = [0, 0];

  function closure(starts, step) {
    const seen = new Set(starts), waiting = [...starts];
    while (waiting.length) {
      for (const next of step[waiting.pop()]) {
        if (!seen.has(next)) { seen.add(next); waiting.push(next); }
      }
    }
    return seen;
  }

  // What leads to the items that match a word, and what they lead to. A whole name goes before parts.
  function around(word) {
    const exact = [], parts = [];
    items.forEach((item, n) => {
      if (item.short.toLowerCase() === word || item.frame.toLowerCase() === word) exact.push(n);
      else if (item.text.includes(word)) parts.push(n);
    });
    const hits = exact.length ? exact : parts;
    const near = closure(hits, ahead);
    for (const n of closure(hits, behind)) near.add(n);
    return near;
  }

  function wanted() {
    let kept = items.map((_, n) => n);
    for (const word of state.words) {
      const near = around(word);
      kept = kept.filter((n) => near.has(n));
    }
    return kept.filter((n) => items[n].column !== RULES || state.effects.has(items[n].tone));
  }

  const coarseKey = (item) => "group " + item.coarse;
  const familyKey = (item) => "family " + item.column + " " + item.tone + " " + item.family;

  // The group that an item goes into: its type where that is shut; in a crowded graph the counted
  // group of the still drawing, and in an opened one its family. Null: it stands for itself.
  function groupOf(item, crowded) {
    if (item.frame && state.shut.has(item.frame)) {
      return { key: "shut " + item.frame, frame: item.frame, pattern: "{} inside" };
    }
    const coarse = coarseKey(item);
    const [pattern, frame, always] = graph.groups[item.coarse] || [];
    if (!crowded && !always) return null;
    if (item.coarse >= 0 && !state.open.has(coarse)) {
      if (frame && state.shut.has(frame)) return { key: "shut " + frame, frame, pattern: "{} inside" };
      return { key: coarse, frame, pattern };
    }
    if (!crowded) return null;
    const family = familyKey(item);
    if (!item.family || state.open.has(family)) return null;
    return { key: family, frame: item.frame, pattern: familyPattern(item) };
  }

  function gather(kept) {
    const crowded = kept.length > graph.legible, found = new Map(), place = new Map(), rows = [];
    for (const n of kept) {
      const group = groupOf(items[n], crowded), key = group ? group.key : items[n].id;
      if (!found.has(key)) found.set(key, { group, all: [] });
      found.get(key).all.push(n);
    }
    const singles = new Map();
    for (const { group, all } of found.values()) {
      const first = items[all[0]], alone = all.length === 1 && !(group && group.key.startsWith("shut"));
      // Of an opened family no more than MOST are drawn: the filter finds the others.
      const count = (singles.get(first.family) || 0) + 1;
      if (alone && first.family) singles.set(first.family, count);
      if (alone && crowded && count > MOST) continue;
      const row = alone ? { ...first, frame: group ? group.frame : first.frame } : grouped(group, all);
      rows.push(row);
      for (const n of all) place.set(n, row.id);
    }
    return [rows, place];
  }

  function grouped({ key, frame, pattern }, all) {
    const first = items[all[0]], names = [...new Set(all.map((n) => items[n].short))];
    const alike = all.every((n) => items[n].tone === first.tone);
    return {
      id: key, column: first.column, frame, key, members: all,
      label: pattern.replace("{}", all.length.toLocaleString("en")).replace(/\{\{/g, "{").replace(/\}\}/g, "}"),
      tone: alike ? first.tone : "mixed",
      lines: [names.slice(0, 12).join(", ")],
      details: [["members", names.slice(0, 40).join(", ") + (names.length > 40 ? " …" : "")]],
    };
  }

  function familyPattern(first) {
    if (first.tone === "resource") return "{} known resources";
    if (first.frame) return first.family.slice(first.family.indexOf(": ") + 2) + " ({})";
    if (first.column !== RULES) return "{} " + first.family;
    const at = first.family.indexOf(" for ");
    return first.family.slice(0, at) + ": {} rules" + first.family.slice(at);
  }

  // In a crowded graph the links from each agent to `any agent` tell nothing that its box does not.
  function join(place, crowded) {
    const found = new Map();
    for (const [s, t, tone] of graph.links) {
      if (crowded && tone === "member" && items[t].kind) continue;
      const source = place.get(s), target = place.get(t);
      if (source === undefined || target === undefined || source === target) continue;
      const key = source + "\n" + target + "\n" + tone;
      const link = found.get(key);
      if (link) link.weight += 1; else found.set(key, { source, target, tone, weight: 1 });
    }
    return [...found.values()];
  }

  function make(name, attributes, parent, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.appendChild(element);
    return element;
  }

  const ruler = document.createElement("canvas").getContext("2d");
  function fitted(text, room, bold) {
    ruler.font = (bold ? "600 12px " : "11px ") + getComputedStyle(document.body).fontFamily;
    if (ruler.measureText(text).width <= room) return text;
    let low = 0, high = text.length;
    while (low < high) {
      const half = (low + high + 1) >> 1;
      if (ruler.measureText(text.slice(0, half) + "…").width <= room) low = half; else high = half - 1;
    }
    return text.slice(0, low).trimEnd() + "…";
  }

  function draw() {
    const kept = wanted(), [rows, place] = gather(kept);
    shown = rows;
    byId = new Map(shown.map((row) => [row.id, row]));
    links = join(place, kept.length > graph.legible);
    const { frames, gaps, size } = arrange(graph, shown, links);
    extent = size;
    const world = make("g", { id: "world" });
    headings(world);
    frames.forEach((frame) => drawFrame(frame, world));
    drawLinks(gaps, world);
    shown.forEach((row) => drawBox(row, world));
    canvas.replaceChildren(world);
    move();
    const hidden = items.length - shown.length;
    document.getElementById("count").textContent =
      items.length.toLocaleString("en") + " items, " + shown.length.toLocaleString("en") + " boxes" + (hidden ? " (click a group to open it)" : "");
  }

  function headings(world) {
    graph.columns.forEach((name, column) => {
      make("text", { class: "column", x: leftOf(graph, column), y: 28 }, world, name);
      make("path", { class: "rule", d: "M" + leftOf(graph, column) + " 36h" + graph.widths[column] }, world);
    });
  }

  function drawFrame(frame, world) {
    const box = make("g", { class: "frame", tabindex: 0, role: "button" }, world);
    frame.element = box;
    make("rect", { x: frame.x, y: frame.y, width: frame.width, height: frame.height, rx: 8 }, box);
    const sign = state.shut.has(frame.name) ? "▸ " : "▾ ";
    const name = fitted(sign + frame.name, frame.width - 20, true);
    make("text", { class: "heading", x: frame.x + 10, y: frame.y + 18 }, box, name);
    const used = ruler.measureText(name).width * 1.05;
    const beside = graph.frames[frame.name] || "";
    if (beside && frame.width - 34 - used > 40) {
      make("text", { class: "line", x: frame.x + frame.width - 10, y: frame.y + 18, "text-anchor": "end" }, box, fitted(beside, frame.width - 34 - used, false));
    }
    const toggle = () => { state.shut.has(frame.name) ? state.shut.delete(frame.name) : state.shut.add(frame.name); draw(); };
    pressed(box, toggle);
    frame.rows.forEach((row) => { row.frameElement = box; });
  }

  function drawBox(row, world) {
    const classes = ["box", row.tone, row.members.length ? "group" : "", state.chosen === row.id ? "chosen" : ""];
    const box = make("g", { class: classes.join(" ").trim(), tabindex: 0, role: "button" }, world);
    make("title", {}, box, [row.label, ...row.details.map((d) => d[0] + ": " + d[1])].join("\n"));
    make("rect", { x: row.x, y: row.y, width: row.width, height: row.height, rx: 6 }, box);
    make("path", { class: "edge", d: "M" + (row.x + 2) + " " + (row.y + 5) + "v" + (row.height - 10) }, box);
    const room = row.width - 18;
    make("text", { class: "label", x: row.x + 10, y: row.y + 19 }, box, fitted(row.label, room, true));
    linesOf(graph, row).forEach((line, n) => {
      make("text", { class: "line", x: row.x + 10, y: row.y + 33 + LINE * n }, box, fitted(line, room, false));
    });
    row.element = box;
    box.addEventListener("pointerenter", () => light(row));
    box.addEventListener("pointerleave", () => light(byId.get(state.chosen) || null));
    pressed(box, () => { row.members.length ? expand(row) : choose(row); });
  }

  function pressed(element, action) {
    element.addEventListener("click", () => { if (!dragged) action(); });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); action(); }
    });
  }

  function expand(row) {
    if (row.key.startsWith("shut ")) state.shut.delete(row.frame); else state.open.add(row.key);
    // A group that holds one family only opens at once into its members.
    const families = new Set(row.members.map((n) => familyKey(items[n])));
    if (families.size === 1 && row.key.startsWith("group ")) state.open.add(...families);
    draw();
  }

  function drawLinks(gaps, world) {
    const side = new Map();
    const port = (id, which, link) => {
      const key = which + id;
      if (!side.has(key)) side.set(key, []);
      side.get(key).push(link);
    };
    links.forEach((link) => { port(link.source, ">", link); port(link.target, "<", link); });
    for (const [key, found] of side) {
      const out = key[0] === ">", row = byId.get(key.slice(1));
      const other = (link) => byId.get(out ? link.target : link.source).y;
      found.sort((a, b) => other(a) - other(b));
      const step = found.length > 1 ? Math.min(7, (row.height - 12) / (found.length - 1)) : 0;
      found.forEach((link, n) => { link[out ? "start" : "end"] = row.y + row.height / 2 + step * (n - (found.length - 1) / 2); });
    }
    const faint = links.length > DENSE ? " dense" : links.length > CROWDED ? " faint" : "";
    for (const link of links) {
      link.element = make("path", { class: "link " + link.tone + faint, d: curve(link, gaps) }, world);
      if (link.weight > 1) link.element.style.strokeWidth = Math.min(4.5, 1.3 + Math.log2(link.weight) * 0.35);
      make("title", {}, link.element, byId.get(link.source).label + " → " + byId.get(link.target).label);
    }
  }

  function curve(link, gaps) {
    const source = byId.get(link.source), target = byId.get(link.target);
    const first = source.column, last = target.column;
    if (first === last) {
      const x = source.x, out = Math.min(34, 14 + Math.abs(link.end - link.start) * 0.08);
      return `M${x} ${link.start}C${x - out} ${link.start} ${x - out} ${link.end} ${x} ${link.end}`;
    }
    const forward = first < last, step = forward ? 1 : -1;
    const points = [[forward ? source.x + source.width : source.x, link.start]];
    for (let c = first + step; c !== last; c += step) {
      const ideal = link.start + ((link.end - link.start) * (c - first)) / (last - first);
      const y = gaps[c].length ? gaps[c].reduce((a, b) => (Math.abs(b - ideal) < Math.abs(a - ideal) ? b : a)) : ideal;
      const ends = [[leftOf(graph, c), y], [leftOf(graph, c) + graph.widths[c], y]];
      points.push(...(forward ? ends : ends.reverse()));
    }
    points.push([forward ? target.x : target.x + target.width, link.end]);
    let d = "M" + points[0].join(" ");
    for (let n = 0; n < points.length; n += 2) {
      const [[x1, y1], [x2, y2]] = [points[n], points[n + 1]], half = (x2 - x1) / 2;
      d += `C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
      if (points[n + 2]) d += "L" + points[n + 2].join(" ");
    }
    return d;
  }

  // Everything before and after a box stays bright; the rest fades.
  function light(row) {
    const world = document.getElementById("world");
    world.classList.toggle("lit", row !== null);
    if (row === null) return;
    const reach = (from, to) => {
      const seen = new Set([row.id]), waiting = [row.id], used = [];
      while (waiting.length) {
        const at = waiting.pop();
        for (const link of links) {
          if (link[from] !== at || link.tone === "confers") continue;
          used.push(link);
          if (!seen.has(link[to])) { seen.add(link[to]); waiting.push(link[to]); }
        }
      }
      return [seen, used];
    };
    const [after, on] = reach("source", "target"), [before, also] = reach("target", "source");
    const bright = new Set([...on, ...also]);
    for (const link of links) link.element.classList.toggle("on", bright.has(link));
    for (const other of shown) if (other.frameElement) other.frameElement.classList.remove("on");
    for (const other of shown) {
      const near = after.has(other.id) || before.has(other.id);
      other.element.classList.toggle("on", near);
      if (near && other.frameElement) other.frameElement.classList.add("on");
    }
  }

  function html(name, parent, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    parent.appendChild(element);
    return element;
  }

  function choose(row) {
    if (state.chosen && byId.has(state.chosen)) byId.get(state.chosen).element.classList.remove("chosen");
    state.chosen = row.id;
    row.element.classList.add("chosen");
    about.replaceChildren();
    about.hidden = false;
    const shut = html("button", about, "Close", "shut");
    shut.addEventListener("click", () => { about.hidden = true; state.chosen = null; row.element.classList.remove("chosen"); light(null); });
    html("h2", about, row.label);
    const list = html("dl", about);
    for (const [name, text] of row.details) { html("dt", list, name); html("dd", list, text); }
    if (state.open.has(coarseKey(row)) || state.open.has(familyKey(row))) {
      const back = html("button", about, "Collapse its group");
      back.addEventListener("click", () => { state.open.delete(coarseKey(row)); state.open.delete(familyKey(row)); draw(); });
    }
    neighbours("Comes from", links.filter((link) => link.target === row.id).map((link) => link.source));
    neighbours("Leads to", links.filter((link) => link.source === row.id).map((link) => link.target));
    light(row);
  }

  function neighbours(title, ids) {
    if (!ids.length) return;
    html("h3", about, title);
    const list = html("ul", about);
    for (const id of [...new Set(ids)].slice(0, 60)) {
      const row = byId.get(id);
      const button = html("button", html("li", list), row.label);
      button.addEventListener("click", () => { row.members.length ? expand(row) : choose(row); });
    }
  }

  function move() {
    const world = document.getElementById("world");
    world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  }

  function zoom(factor, x, y) {
    const scale = Math.min(4, Math.max(0.05, view.scale * factor)), by = scale / view.scale;
    view = { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
    move();
  }

  function fit() {
    const { width, height } = canvas.getBoundingClientRect();
    const whole = Math.min(width / extent[0], height / extent[1], 1.4);
    const scale = Math.max(whole, Math.min(0.8, width / extent[0]));
    view = { scale, x: Math.max(0, (width - extent[0] * scale) / 2), y: 0 };
    move();
  }

  let drag = null, dragged = false;
  canvas.addEventListener("pointerdown", (event) => { drag = { x: event.clientX - view.x, y: event.clientY - view.y, from: [event.clientX, event.clientY] }; dragged = false; });
  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (Math.hypot(event.clientX - drag.from[0], event.clientY - drag.from[1]) > 4) { dragged = true; canvas.classList.add("dragging"); }
    if (dragged) { view.x = event.clientX - drag.x; view.y = event.clientY - drag.y; move(); }
  });
  window.addEventListener("pointerup", () => { drag = null; canvas.classList.remove("dragging"); });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });
  const centred = (factor) => { const { width, height } = canvas.getBoundingClientRect(); zoom(factor, width / 2, height / 2); };
  document.getElementById("fit").addEventListener("click", fit);
  document.getElementById("closer").addEventListener("click", () => centred(1.25));
  document.getElementById("farther").addEventListener("click", () => centred(0.8));
  document.getElementById("open").addEventListener("click", () => {
    state.shut.clear();
    items.forEach((item) => { state.open.add(coarseKey(item)); state.open.add(familyKey(item)); });
    draw(); fit();
  });
  document.getElementById("close").addEventListener("click", () => { state.open.clear(); state.shut.clear(); draw(); fit(); });

  let typing = 0;
  function search(text) {
    state.words = (text.toLowerCase().match(/"[^"]+"|\S+/g) || []).map((word) => word.replace(/"/g, "")).filter(Boolean);
    draw(); fit();
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => search(event.target.value), 120);
  });

  function effects() {
    const box = document.getElementById("effects");
    for (const [tone, words] of graph.legend) {
      if (!EFFECTS.includes(tone)) continue;
      const label = html("label", box);
      const tick = html("input", label);
      tick.type = "checkbox";
      tick.checked = true;
      tick.addEventListener("change", () => { tick.checked ? state.effects.add(tone) : state.effects.delete(tone); draw(); });
      const mark = make("svg", { class: "mark", viewBox: "0 0 26 12" }, label);
      make("path", { class: "link key " + tone, d: "M1 6h24" }, mark);
      label.append(words);
    }
  }

  effects();
  const start = decodeURIComponent(location.hash.slice(1));
  document.getElementById("filter").value = start;
  search(start);
})();
