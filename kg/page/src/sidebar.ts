/** The legend, which filters, and the other filters. */

import { h } from "./dom.ts";
import type { Filters, Shown } from "./filter.ts";
import { isFiltered, noFilters } from "./filter.ts";
import type { Graph } from "./graph.ts";
import { number, typeWord, word } from "./words.ts";
import type { Lang, Word } from "./words.ts";

export function sidebar(
  graph: Graph, filters: Filters, shown: Shown, lang: Lang, nameOf: (node: number) => string,
  change: (filters: Filters) => void,
): HTMLElement {
  const t = (key: Word) => word(lang, key);
  const present = (counts: Int32Array, off: ReadonlySet<number>) =>
    Array.from(counts.keys()).filter((i) => counts[i] > 0 || off.has(i));
  const types = present(shown.byType, filters.types).map((i) =>
    toggle(typeWord(lang, graph.types[i]), shown.byType[i], `type-${i}`, filters.types, i, graph.types.length, lang,
      (chosen) => change({ ...filters, types: chosen })),
  );
  const relations = present(shown.byRelation, filters.relations).map((i) =>
    toggle(typeWord(lang, graph.relations[i]), shown.byRelation[i], "", filters.relations, i, graph.relations.length,
      lang, (chosen) => change({ ...filters, relations: chosen })),
  );
  const reset = h(
    "button",
    { type: "button", class: "plain reset", on: { click: () => change(noFilters(graph)) } },
    t("reset"),
  );
  reset.hidden = !isFiltered(graph, filters);
  return h(
    "div",
    { class: "sidebar-inside" },
    h("section", { at: { "aria-label": t("types") } }, h("h3", {}, t("types")), h("ul", { class: "legend" }, ...types)),
    topics(graph, filters, lang, nameOf, change),
    confidence(filters, lang, change),
    h(
      "details",
      { class: "relations", at: { open: filters.relations.size > 0 } },
      h("summary", {}, t("relations")),
      h("ul", { class: "legend" }, ...relations),
    ),
    reset,
  );
}

function toggle(
  name: string, count: number, kind: string, off: ReadonlySet<number>, at: number, all: number, lang: Lang,
  change: (off: Set<number>) => void,
): HTMLElement {
  const click = () => {
    const next = new Set(off);
    if (!next.delete(at)) next.add(at);
    change(next);
  };
  const only = () => change(new Set(Array.from({ length: all }, (_, i) => i).filter((i) => i !== at)));
  const hint = word(lang, "onlyHint", { name });
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: `toggle ${kind}`, on: { click }, at: { "aria-pressed": String(!off.has(at)) } },
      h("i", { class: "dot" }),
      h("span", { class: "grow" }, name),
      h("span", { class: "count" }, number(count)),
    ),
    h("button", { type: "button", class: "only", title: hint, on: { click: only }, at: { "aria-label": hint } }, word(lang, "only")),
  );
}

function topics(
  graph: Graph, filters: Filters, lang: Lang, nameOf: (node: number) => string, change: (filters: Filters) => void,
): HTMLElement | null {
  const found = Array.from(graph.type.keys()).filter((i) => graph.type[i] === graph.topicType);
  if (!found.length) return null;
  found.sort((a, b) => graph.papers[b] - graph.papers[a] || a - b);
  const option = (value: number, text: string) =>
    h("option", { at: { value, selected: value === filters.topic } }, text);
  const select = h(
    "select",
    { id: "topic", on: { change: () => change({ ...filters, topic: Number(select.value) }) } },
    option(-1, word(lang, "allTopics")),
    ...found.map((i) => option(i, `${nameOf(i)} (${number(graph.papers[i])})`)),
  );
  return h("section", {}, h("h3", {}, h("label", { at: { for: "topic" } }, word(lang, "topic"))), select);
}

function confidence(filters: Filters, lang: Lang, change: (filters: Filters) => void): HTMLElement {
  const value = h("output", { at: { for: "confidence" } }, `${filters.confidence}%`);
  const input = h("input", {
    id: "confidence",
    type: "range",
    at: { min: 0, max: 100, step: 5, value: filters.confidence },
    on: {
      input: () => void (value.textContent = `${input.value}%`),
      change: () => change({ ...filters, confidence: Number(input.value) }),
    },
  });
  const label = h("label", { at: { for: "confidence" } }, word(lang, "confidence"));
  return h("section", {}, h("h3", {}, label, " ", value), input);
}
