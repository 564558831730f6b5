/** The panel on the selected node: names, counts over time, papers by date, what proves each relation. */

import { h, icon, link } from "./dom.ts";
import type { Graph } from "./graph.ts";
import { edgesOf, otherEnd } from "./graph.ts";
import type { Evidence, PaperDetails } from "./island.ts";
import { edgeDetails, paperDetails } from "./island.ts";
import { byMonth, chart, monthAfter } from "./months.ts";
import { counted, number, typeWord, word } from "./words.ts";
import type { Lang, Word } from "./words.ts";

export interface Context {
  readonly graph: Graph;
  readonly lang: Lang;
  readonly visible: Uint8Array;
  readonly open: (node: number) => void;
  readonly close: () => void;
  readonly back: (() => void) | null;
  readonly reveal: () => void;
  readonly nameOf: (node: number) => string;
}

const PAGE = 25;
const RELATED = 10;
const CLOSE = "M6 6l12 12M18 6L6 18";
const BACK = "M15 5l-7 7 7 7";

export function panel(context: Context, node: number): HTMLElement {
  const { graph, lang, nameOf } = context;
  const t = (key: Word) => word(lang, key);
  const isPaper = graph.type[node] === graph.paperType;
  const other = otherName(graph, lang, node);
  const typeName = graph.types[graph.type[node]];
  const body = h("div", { class: "panel-body" });
  body.append(
    h("p", { class: `kind type-${graph.type[node]}` }, h("i", { class: "dot" }), typeWord(lang, typeName)),
    h("h2", { id: "panel-name", at: { tabindex: -1 } }, nameOf(node)),
  );
  if (other) body.append(h("p", { class: "other-name" }, other));
  if (!context.visible[node]) {
    body.append(h("p", { class: "note" }, `${t("hidden")} `, button(t("showIt"), context.reveal)));
  }
  if (graph.about.served) {
    const query = new URLSearchParams({ focus: graph.id[node] });
    body.append(h("p", {}, h("a", { class: "load", at: { href: `?${query}` } }, t("neighbourhood"))));
  }
  if (isPaper) paperParts(context, node, body);
  else entityParts(context, node, body);
  const back = context.back;
  return h(
    "div",
    { class: "panel-inside" },
    h(
      "div",
      { class: "panel-bar" },
      back && h("button", { type: "button", title: t("back"), on: { click: back }, at: { "aria-label": t("back") } }, icon(BACK)),
      h("span", { class: "grow" }),
      h("button", { type: "button", class: "panel-close", title: t("close"), on: { click: context.close }, at: { "aria-label": t("close") } }, icon(CLOSE)),
    ),
    body,
  );
}

export function otherName(graph: Graph, lang: Lang, node: number): string {
  const [mine, theirs] = lang === "zh" ? [graph.zh[node], graph.en[node]] : [graph.en[node], graph.zh[node]];
  const shown = mine || graph.name[node];
  return [theirs, graph.name[node]].find((name) => name && name !== shown) ?? "";
}

function entityParts(context: Context, node: number, body: HTMLElement): void {
  const { graph, lang, nameOf } = context;
  const t = (key: Word) => word(lang, key);
  const known = new Set([nameOf(node), otherName(graph, lang, node)]);
  const aliases = graph.aliases[node].filter((alias) => !known.has(alias));
  if (aliases.length) body.append(h("p", { class: "aliases" }, h("b", {}, `${t("aliases")} `), aliases.join(" · ")));
  const papers = new Map<number, number[]>();
  const others: number[] = [];
  for (const e of edgesOf(graph, node)) {
    const end = otherEnd(graph, e, node);
    if (graph.type[end] !== graph.paperType) others.push(e);
    else papers.set(end, [...(papers.get(end) ?? []), e]);
  }
  const [first, last] = [graph.days[graph.first[node]] ?? "", graph.days[graph.last[node]] ?? ""];
  const span = first && last ? ` · ${word(lang, "seen", { first, last })}` : "";
  body.append(h("p", { class: "facts" }, counted(lang, graph.papers[node], "paper") + span));
  const months = byMonth([...papers.keys()].map((i) => graph.days[graph.first[i]]));
  if (months) {
    const ends = h("p", { class: "ends" }, h("span", {}, months.first), h("span", {}, monthAfter(months.first, months.counts.length - 1)));
    body.append(h("figure", {}, chart(months, t("overTime"), 320, 44), ends));
  }
  if (others.length) body.append(...groups(context, node, others));
  const related = together(graph, node, papers.keys());
  if (related.length) {
    const chips = related.map(([i, n]) => chip(context, i, number(n)));
    body.append(h("h3", {}, t("related")), h("p", { class: "chips" }, ...chips));
  }
  if (papers.size) {
    const sorted = [...papers].sort(([a], [b]) => graph.first[b] - graph.first[a] || a - b);
    const row = ([paper, edges]: [number, number[]]) => paperRow(context, paper, edges);
    body.append(h("h3", {}, `${t("linked")} `, h("small", {}, number(papers.size))), listing(lang, sorted, row));
  }
}

function paperParts(context: Context, node: number, body: HTMLElement): void {
  const { graph } = context;
  const facts = h("p", { class: "facts" }, graph.days[graph.first[node]] || word(context.lang, "undated"));
  const links = h("p", { class: "links" });
  body.append(facts, links);
  void paperDetails(node, graph.about.block).then((details) => {
    const more = [details.venue, details.rating, details.authors?.join(", ")].filter(Boolean);
    if (more.length) facts.append(` · ${more.join(" · ")}`);
    links.append(...paperLinks(details, context.lang));
    if (details.source?.length) body.append(h("p", { class: "source" }, details.source.join(" · ")));
  });
  body.append(...groups(context, node, [...edgesOf(graph, node)]));
}

export function paperLinks(details: PaperDetails, lang: Lang): HTMLElement[] {
  const found = new Map<string, string>();
  if (details.arxiv) found.set(`https://arxiv.org/abs/${details.arxiv}`, `arXiv ${details.arxiv}`);
  if (details.doi) found.set(`https://doi.org/${details.doi}`, `DOI ${details.doi}`);
  if (details.code) found.set(details.code, word(lang, "code"));
  for (const url of details.urls ?? []) {
    if (/arxiv\.org|doi\.org/.test(url) || found.has(url)) continue;
    found.set(url, url.replace(/^https?:\/\/(www\.)?/, "").slice(0, 48));
  }
  return Array.from(found, ([url, text]) => link(url, text)).filter((made) => made !== null);
}

/** Edges by relation and direction, each with the other end and its evidence. */
function groups(context: Context, node: number, edges: readonly number[]): HTMLElement[] {
  const { graph, lang } = context;
  const found = new Map<string, number[]>();
  for (const e of edges) {
    const key = `${graph.relation[e]} ${graph.source[e] === node ? "→" : "←"}`;
    found.set(key, [...(found.get(key) ?? []), e]);
  }
  const sorted = [...found].sort(([a], [b]) => parseInt(a, 10) - parseInt(b, 10) || (a < b ? 1 : -1));
  return sorted.flatMap(([key, members]) => {
    const relation = typeWord(lang, graph.relations[parseInt(key, 10)]);
    const title = key.endsWith("→") ? relation : `← ${relation}`;
    members.sort((a, b) => graph.papers[otherEnd(graph, b, node)] - graph.papers[otherEnd(graph, a, node)] || a - b);
    const row = (e: number) =>
      h("li", {}, chip(context, otherEnd(graph, e, node)), sureness(graph, e), evidence(context, e));
    return [h("h3", {}, `${title} `, h("small", {}, number(members.length))), listing(lang, members, row)];
  });
}

function paperRow(context: Context, paper: number, edges: readonly number[]): HTMLElement {
  const { graph, lang, nameOf } = context;
  const links = h("span", { class: "links" });
  void paperDetails(paper, graph.about.block).then((details) => {
    links.append(...paperLinks({ ...details, urls: [] }, lang));
  });
  const open = () => context.open(paper);
  return h(
    "li",
    { class: "paper" },
    h("button", { type: "button", class: "name", on: { click: open } }, nameOf(paper)),
    h("p", { class: "facts" }, graph.days[graph.first[paper]] || word(lang, "undated"), " ", links),
    ...edges.map((e) =>
      h(
        "div",
        { class: "proof" },
        h("span", { class: "relation" }, typeWord(lang, graph.relations[graph.relation[e]])),
        sureness(graph, e),
        evidence(context, e),
      ),
    ),
  );
}

function sureness(graph: Graph, edge: number): HTMLElement {
  return h("span", { class: "sure" }, `${graph.confidence[edge]}%`);
}

function evidence({ graph, lang }: Context, edge: number): HTMLElement {
  const holder = h("div", { class: "evidence" });
  void edgeDetails(edge, graph.source[edge], graph.about.block).then((details) => {
    if (details.value) holder.append(h("b", { class: "value" }, details.value));
    holder.append(...details.evidence.map(quote));
    if (details.more) holder.append(h("p", { class: "source" }, word(lang, "moreEvidence", { n: details.more })));
  });
  return holder;
}

function quote({ sentence, start, end, section, place }: Evidence): HTMLElement {
  return h(
    "blockquote",
    {},
    sentence.slice(0, start),
    h("mark", {}, sentence.slice(start, end)),
    sentence.slice(end),
    h("cite", { title: place }, [section, place.slice(place.lastIndexOf("/") + 1)].filter(Boolean).join(" · ")),
  );
}

function chip(context: Context, node: number, note = ""): HTMLElement {
  const { graph } = context;
  return h(
    "button",
    { type: "button", class: `chip type-${graph.type[node]}`, on: { click: () => context.open(node) } },
    h("i", { class: "dot" }),
    context.nameOf(node),
    note && h("small", {}, ` ${note}`),
  );
}

/** Other entities by the number of papers that they share with this one, weighed against how common they are. */
function together(graph: Graph, node: number, papers: Iterable<number>): [number, number][] {
  const shared = new Map<number, number>();
  for (const paper of papers) {
    const ends = new Set(Array.from(edgesOf(graph, paper), (e) => otherEnd(graph, e, paper)));
    for (const end of ends) if (end !== node) shared.set(end, (shared.get(end) ?? 0) + 1);
  }
  const weight = (i: number, n: number) => n / Math.sqrt(Math.max(graph.papers[i], n));
  return [...shared]
    .filter(([, n]) => n > 1)
    .sort(([a, n], [b, m]) => weight(b, m) - weight(a, n) || a - b)
    .slice(0, RELATED);
}

/** A list that grows by the page when asked to. */
function listing<T>(lang: Lang, items: readonly T[], row: (item: T) => HTMLElement): HTMLElement {
  const list = h("ul", { class: "rows" });
  const holder = h("div", {}, list);
  let done = 0;
  const grow = () => {
    list.append(...items.slice(done, done + PAGE).map(row));
    done = Math.min(items.length, done + PAGE);
    more.hidden = done >= items.length;
    more.textContent = word(lang, "more", { n: Math.min(PAGE, items.length - done) });
  };
  const more = button("", grow, "more");
  holder.append(more);
  grow();
  return holder;
}

function button(text: string, click: () => void, kind = "plain"): HTMLButtonElement {
  return h("button", { type: "button", class: kind, on: { click } }, text);
}
