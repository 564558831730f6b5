// The graph page. Text goes in through textContent only; links are http or https.
"use strict";
(() => {
  const SIGNS = { square: "■", dot: "●", diamond: "◆", hexagon: "⬢", triangle: "▲", triangleDown: "▼", star: "★" };
  const FADED = 0.08;
  const byId = (id) => document.getElementById(id);
  const graph = JSON.parse(byId("graph").textContent);
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const groups = Object.fromEntries(Object.entries(graph.options.groups).filter(([, group]) => group.color));
  const nodeOf = new Map(graph.nodes.map((node) => [node.id, node]));
  const edgesOf = new Map(graph.nodes.map((node) => [node.id, []]));
  for (const edge of graph.edges) {
    edgesOf.get(edge.from).push(edge);
    if (edge.to !== edge.from) edgesOf.get(edge.to).push(edge);
  }
  const papers = (count) => `${count.toLocaleString("en")} paper${count === 1 ? "" : "s"}`;
  const words = (relation) => relation.toLowerCase().replaceAll("_", " ");

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function link(address, text) {
    try {
      const url = new URL(address);
      if (url.protocol !== "http:" && url.protocol !== "https:") return null;
      return element("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", textContent: text });
    } catch {
      return null;
    }
  }

  // The drawing.
  const tip = (node) => [node.group, node.name, node.about.paper_count ? papers(node.about.paper_count) : ""]
    .filter(Boolean).join(" · ");
  const edgeTip = (edge) => `${words(edge.relation)}${edge.evidence.length ? ` · ${edge.evidence[0].sentence}` : ""}`;
  const nodes = new vis.DataSet(graph.nodes.map((node) => ({
    id: node.id, group: node.group, label: node.label, x: node.x, y: node.y, size: node.size, font: node.font,
    title: tip(node),
  })));
  const edges = new vis.DataSet(graph.edges.map((edge) => ({
    id: edge.id, from: edge.from, to: edge.to, title: edgeTip(edge), width: 0.5 + edge.confidence,
  })));
  const calm = Math.max(0.08, Math.min(0.4, 10 / Math.sqrt(graph.edges.length)));
  const options = structuredClone(graph.options);
  Object.assign(options.edges, { color: { color: style("--edge"), opacity: calm, inherit: false } });
  options.edges.font = { size: 13, color: style("--soft"), strokeWidth: 3, strokeColor: style("--paper") };
  options.nodes.font = { color: style("--ink"), strokeWidth: 3, strokeColor: style("--paper"), face: "system-ui" };
  const network = new vis.Network(byId("canvas"), { nodes, edges }, options);
  const hidden = new Set();

  function show(fit) {
    const visible = graph.nodes.filter((node) => !hidden.has(node.group)).map((node) => node.id);
    const free = innerWidth > 900 ? 140 : 0;
    network.fit({ nodes: visible, animation: fit });
    if (free) network.moveTo({ offset: { x: free, y: 0 }, scale: network.getScale() * 0.92, animation: fit });
  }

  // Selection: the neighbours stay, the rest fades.
  function highlight(id, scale) {
    const near = id === null ? null : new Set([id, ...edgesOf.get(id).flatMap((edge) => [edge.from, edge.to])]);
    nodes.update(graph.nodes.map((node) => {
      const on = near === null || near.has(node.id);
      const least = near !== null && (node.id === id || (on && near.size < 40)) ? (node.id === id ? 15 : 11) / scale : 0;
      const font = { size: Math.max(node.font.size, least) };
      return { id: node.id, opacity: on ? 1 : FADED, label: on ? node.label : undefined, font };
    }));
    edges.update(graph.edges.map((edge) => {
      const on = id !== null && (edge.from === id || edge.to === id);
      return {
        id: edge.id,
        color: on ? { color: groups[nodeOf.get(edge.to).group].color, opacity: 0.75 }
          : { color: style("--edge"), opacity: id === null ? calm : calm / 4 },
        label: on && near.size < 40 ? words(edge.relation) : undefined,
        arrows: on ? { to: { enabled: true, scaleFactor: 0.4 } } : undefined,
      };
    }));
  }

  // The panel.
  function quote(evidence) {
    const letters = Array.from(evidence.sentence);
    const part = (from, to) => letters.slice(from, to).join("");
    return element("blockquote", {},
      part(0, evidence.start),
      element("mark", { textContent: part(evidence.start, evidence.end) }),
      part(evidence.end),
      element("cite", { textContent: [evidence.section, evidence.source].filter(Boolean).join(" · ") }));
  }

  function paperLinks(about) {
    const found = [
      about.arxiv_id && link(`https://arxiv.org/abs/${about.arxiv_id}`, `arXiv ${about.arxiv_id}`),
      about.doi && link(`https://doi.org/${about.doi}`, "DOI"),
      about.code_url && link(about.code_url, "code"),
    ].filter(Boolean);
    if (!found.length && about.urls) found.push(...about.urls.slice(0, 2).map((url) => link(url, "link")).filter(Boolean));
    return found.length ? element("div", { className: "links" }, ...found) : null;
  }

  function item(edge, other) {
    const facts = [other.about.title_zh, other.about.date, other.about.venue, edge.value].filter(Boolean).join(" · ");
    const open = element("button", { className: "go", type: "button", textContent: other.name });
    open.addEventListener("click", () => select(other.id, true));
    return element("div", { className: "item" },
      open,
      facts ? element("p", { className: "soft", textContent: facts }) : null,
      other.group === "Paper" ? paperLinks(other.about) : null,
      ...edge.evidence.map(quote),
      edge.more ? element("p", { className: "soft", textContent: `and ${edge.more} more sentences` }) : null);
  }

  function relations(id) {
    const found = new Map();
    for (const edge of edgesOf.get(id)) {
      const out = edge.from === id;
      const key = `${out ? "" : "← "}${words(edge.relation)}`;
      if (!found.has(key)) found.set(key, []);
      found.get(key).push([edge, nodeOf.get(out ? edge.to : edge.from)]);
    }
    const newest = ([, a], [, b]) => (b.about.date || "").localeCompare(a.about.date || "") || a.name.localeCompare(b.name);
    return [...found].flatMap(([title, list]) => [
      element("h3", { textContent: `${title} (${list.length})` }),
      ...list.sort(newest).map(([edge, other]) => item(edge, other)),
    ]);
  }

  function chips(names) {
    const some = (list) => element("div", { className: "names" },
      ...list.map((name) => element("span", { textContent: name })));
    if (names.length <= 12) return names.length ? [some(names)] : [];
    return [some(names.slice(0, 10)), element("details", {},
      element("summary", { className: "soft", textContent: `${names.length - 10} more names` }), some(names.slice(10)))];
  }

  function details(node) {
    const { about } = node;
    const names = [...new Set([about.name_en, about.name_zh, ...(about.aliases || [])])]
      .filter((name) => name && name !== node.name);
    const facts = node.group === "Paper"
      ? [about.date, about.venue, about.rating, (about.authors || []).join(", ")]
      : [about.paper_count && papers(about.paper_count), [about.first_seen, about.last_seen].filter(Boolean).join(" to ")];
    const sign = element("span", { className: "sign", textContent: SIGNS[groups[node.group].shape] });
    sign.style.color = groups[node.group].color;
    return [
      element("div", { className: "kind" }, sign, node.group),
      element("h2", { textContent: node.name }),
      about.title_zh ? element("p", { textContent: about.title_zh }) : null,
      element("p", { className: "soft", textContent: facts.filter(Boolean).join(" · ") }),
      node.group === "Paper" ? paperLinks(about) : null,
      ...chips(names),
      ...relations(node.id),
      about.source ? element("p", { className: "soft", textContent: about.source.join(", ") }) : null,
    ].filter(Boolean);
  }

  function select(id, zoom) {
    byId("panel").hidden = id === null;
    byId("hint").hidden = true;
    const scale = zoom ? Math.max(network.getScale(), 0.6) : network.getScale();
    highlight(id, scale);
    history.replaceState(null, "", id === null ? "#" : `#${encodeURIComponent(id)}`);
    if (id === null) return network.unselectAll();
    byId("details").replaceChildren(...details(nodeOf.get(id)));
    byId("panel").scrollTop = 0;
    network.selectNodes([id], false);
    const covered = innerWidth > 900 && network.canvasToDOM(network.getPosition(id)).x > innerWidth - 420;
    if (zoom || covered) {
      network.focus(id, { scale, offset: { x: innerWidth > 900 ? -60 : 0, y: 0 }, animation: { duration: 400 } });
    }
    return undefined;
  }
  network.on("click", ({ nodes: [id] }) => select(id ?? null, false));
  byId("close").addEventListener("click", () => select(null, false));

  // The legend.
  for (const [name, group] of Object.entries(groups)) {
    const count = graph.nodes.filter((node) => node.group === name).length;
    const sign = element("span", { className: "sign", textContent: SIGNS[group.shape] });
    sign.style.color = group.color;
    const button = element("button", { type: "button", title: `Show or hide: ${name}` }, sign, name,
      element("span", { className: "count", textContent: count.toLocaleString("en") }));
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const hide = !hidden.delete(name);
      if (hide) hidden.add(name);
      button.setAttribute("aria-pressed", String(!hide));
      nodes.update(graph.nodes.filter((node) => node.group === name).map(({ id }) => ({ id, hidden: hide })));
    });
    byId("legend").append(button);
  }

  // The search: names in any language, aliases, titles.
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s\-_]+/g, "");
  const index = graph.nodes.map((node) => {
    const { name_en: english, name_zh: chinese, title_zh: title, aliases = [] } = node.about;
    const names = [node.name, english, chinese, title, ...aliases].filter(Boolean);
    return names.map((name) => ({ node, name, folded: fold(name) }));
  });
  const query = byId("query");
  const results = byId("results");
  let hits = [];
  let current = 0;

  function find(text) {
    const wanted = fold(text);
    if (!wanted) return [];
    const rank = ({ folded }) => {
      const at = folded.indexOf(wanted);
      return folded === wanted ? 0 : at === 0 ? 1 : at > 0 ? 2 : 3;
    };
    const best = (names) => names.map((name) => [rank(name), name]).reduce((a, b) => (b[0] < a[0] ? b : a));
    return index.map(best).filter(([r]) => r < 3)
      .sort(([a, { node: x }], [b, { node: y }]) => a - b || y.size - x.size || x.name.localeCompare(y.name))
      .slice(0, 12).map(([, name]) => name);
  }

  function list() {
    results.replaceChildren(...hits.map(({ node, name }, i) => {
      const sign = element("span", { className: "sign", textContent: SIGNS[groups[node.group].shape] });
      sign.style.color = groups[node.group].color;
      const row = element("li", { className: i === current ? "on" : "" }, sign,
        element("span", {}, node.name, name === node.name ? null : element("span", { className: "soft", textContent: ` ${name}` })));
      row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(i); });
      return row;
    }));
    if (query.value && !hits.length) results.append(element("li", { className: "soft", textContent: "nothing of that name is shown" }));
    results.hidden = !query.value;
  }

  function choose(i) {
    if (!hits[i]) return;
    const { node } = hits[i];
    results.hidden = true;
    query.value = node.name;
    select(node.id, true);
  }
  query.addEventListener("input", () => { hits = find(query.value); current = 0; list(); });
  query.addEventListener("focus", () => query.select());
  query.addEventListener("blur", () => { results.hidden = true; });
  query.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) {
      event.preventDefault();
      current = (current + step + hits.length) % hits.length;
      list();
    } else if (event.key === "Enter") choose(current);
    else if (event.key === "Escape") query.blur();
  });
  addEventListener("keydown", (event) => {
    if (document.activeElement === query) return;
    if (event.key === "/") { event.preventDefault(); query.focus(); }
    if (event.key === "Escape") select(null, false);
  });
  show(false);
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (nodeOf.has(wanted)) select(wanted, false);
})();
