/** Search in the index of a static site: the same ranking as on the graph's page, over pages instead of discs. */

import { byId, h } from "./dom.ts";
import type { Index, Searchable } from "./search.ts";
import { buildIndex, search } from "./search.ts";

interface Pages {
  readonly names: readonly (readonly [name: string, other: string, aliases: readonly string[], pinyin: string])[];
  readonly types: readonly string[];
  readonly papers: readonly number[];
  readonly links: readonly string[];
}

const SHOWN = 20;

function searchable(pages: Pages): Searchable {
  const kinds = [...new Set(pages.types)];
  return {
    count: pages.names.length,
    name: pages.names.map(([name]) => name),
    en: pages.names.map(() => ""),
    zh: pages.names.map(([, other]) => other),
    aliases: pages.names.map(([, , aliases]) => aliases),
    pinyin: pages.names.map(([, , , pinyin]) => pinyin),
    type: Uint8Array.from(pages.types, (type) => kinds.indexOf(type)),
    papers: Int32Array.from(pages.papers),
    paperType: kinds.indexOf("Paper"),
  };
}

const pages = JSON.parse(byId("pages").textContent ?? "") as Pages;
const columns = searchable(pages);
const input = byId<HTMLInputElement>("search");
const hits = byId("hits");
let index: Index | null = null;

function update(): void {
  index ??= buildIndex(columns);
  const found = search(columns, index, input.value, SHOWN);
  hits.replaceChildren(
    ...found.map(({ node }) => {
      const [name, other] = pages.names[node];
      const link = h("a", { at: { href: pages.links[node] } }, name);
      return h("li", { class: pages.types[node] }, link, " ", h("small", {}, other), h("span", { class: "kind" }, pages.types[node]));
    }),
  );
  byId("overview").hidden = found.length > 0;
}

input.addEventListener("input", update);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") hits.querySelector("a")?.click();
});
