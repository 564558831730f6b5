/** The list: the same content in rows, for small screens, keyboards and screen readers. */

import { h } from "./dom.ts";
import type { Graph } from "./graph.ts";
import { edgesOf } from "./graph.ts";
import { otherName } from "./panel.ts";
import { number, typeWord, word } from "./words.ts";
import type { Lang } from "./words.ts";

const PAGE = 100;

export function list(
  graph: Graph, visible: Uint8Array, order: Int32Array, lang: Lang, selected: number,
  nameOf: (node: number) => string, open: (node: number) => void,
): HTMLElement {
  const nodes = order.filter((i) => visible[i]);
  const body = h("tbody");
  const more = h("button", { type: "button", class: "more" });
  let done = 0;
  const row = (i: number) => {
    const [first, last] = [graph.days[graph.first[i]], graph.days[graph.last[i]]];
    const links = graph.type[i] === graph.paperType ? edgesOf(graph, i).length : graph.papers[i];
    return h(
      "tr",
      { at: { "aria-selected": i === selected ? "true" : false } },
      h("td", { class: `type-${graph.type[i]}` }, h("i", { class: "dot" }), h("span", { class: "type-name" }, typeWord(lang, graph.types[graph.type[i]]))),
      h(
        "th",
        { at: { scope: "row" } },
        h("button", { type: "button", class: "name", on: { click: () => open(i) } }, nameOf(i)),
        h("span", { class: "other-name" }, otherName(graph, lang, i)),
      ),
      h("td", { class: "number" }, number(links)),
      h("td", { class: "day" }, last || first || ""),
    );
  };
  const grow = () => {
    body.append(...Array.from(nodes.subarray(done, done + PAGE), row));
    done = Math.min(nodes.length, done + PAGE);
    more.hidden = done >= nodes.length;
    more.textContent = word(lang, "more", { n: Math.min(PAGE, nodes.length - done) });
  };
  more.addEventListener("click", grow);
  grow();
  const head = (text: string, kind = "") => h("th", { class: kind, at: { scope: "col" } }, text);
  const heads = h("tr", {}, head(word(lang, "type")), head(word(lang, "name")), head(word(lang, "linked"), "number"), head(word(lang, "last"), "day"));
  return h("div", { class: "list-inside" }, h("table", {}, h("thead", {}, heads), body), more, nodes.length ? null : h("p", { class: "note" }, word(lang, "empty")));
}
