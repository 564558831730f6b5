/** The search field and its hits: a combobox that the keyboard moves through. */

import { byId, h } from "./dom.ts";
import type { Graph } from "./graph.ts";
import { otherName } from "./panel.ts";
import type { Index } from "./search.ts";
import { buildIndex, search } from "./search.ts";
import { typeWord, word } from "./words.ts";
import type { Lang } from "./words.ts";

export interface Far {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

const SHOWN = 12;
const PAUSE = 150;

export class SearchBox {
  readonly #graph: Graph;
  readonly #go: (node: number) => void;
  readonly #input = byId<HTMLInputElement>("search");
  readonly #hits = byId("hits");
  #index: Index | null = null;
  #lang: Lang = "en";
  #nameOf: (node: number) => string = () => "";
  #active = 0;
  #asked = 0;

  constructor(graph: Graph, go: (node: number) => void) {
    this.#graph = graph;
    this.#go = go;
    this.#input.addEventListener("input", () => this.#update());
    this.#input.addEventListener("focus", () => this.#update());
    this.#input.addEventListener("blur", () => setTimeout(() => this.#hide(), PAUSE));
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    const prepare = () => void (this.#index ??= buildIndex(graph));
    if ("requestIdleCallback" in window) requestIdleCallback(prepare, { timeout: 4000 });
    else setTimeout(prepare, 1500);
  }

  render(lang: Lang, nameOf: (node: number) => string): void {
    this.#lang = lang;
    this.#nameOf = nameOf;
    this.#input.placeholder = word(lang, "search");
    this.#input.setAttribute("aria-label", word(lang, "searchLabel"));
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  #update(): void {
    const query = this.#input.value;
    this.#active = 0;
    if (!query.trim()) {
      this.#hide();
      return;
    }
    this.#index ??= buildIndex(this.#graph);
    const hits = search(this.#graph, this.#index, query, SHOWN);
    const options = hits.map(({ node }) => this.#option(node));
    this.#hits.replaceChildren(...options);
    if (!options.length && !this.#graph.about.served) this.#hits.append(h("li", { class: "note" }, word(this.#lang, "nothing")));
    this.#hits.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#mark();
    if (this.#graph.about.served) this.#askServer(query);
  }

  #option(node: number): HTMLElement {
    const { graph, lang } = { graph: this.#graph, lang: this.#lang };
    const choose = () => this.#choose(node);
    return h(
      "li",
      { class: `type-${graph.type[node]}`, on: { mousedown: choose }, at: { role: "option", "data-node": node } },
      h("i", { class: "dot" }),
      h("span", { class: "hit-name" }, this.#nameOf(node), h("small", {}, otherName(graph, lang, node))),
      h("span", { class: "hit-type" }, typeWord(lang, graph.types[graph.type[node]])),
    );
  }

  /** What the view does not hold, the server may. */
  #askServer(query: string): void {
    clearTimeout(this.#asked);
    this.#asked = window.setTimeout(async () => {
      const answer = await fetch(`search?${new URLSearchParams({ q: query })}`);
      if (!answer.ok || this.#input.value !== query) return;
      const found = (await answer.json()) as readonly Far[];
      for (const { id, type, name } of found) {
        if (this.#graph.indexOf.has(id)) continue;
        const go = () => location.assign(`?${new URLSearchParams({ focus: id })}`);
        const parts = [h("i", { class: "dot" }), h("span", { class: "hit-name" }, name), h("span", { class: "hit-type" }, typeWord(this.#lang, type), " ↗")];
        this.#hits.append(h("li", { class: "far", on: { mousedown: go }, at: { role: "option" } }, ...parts));
      }
      this.#mark();
    }, PAUSE);
  }

  #key(event: KeyboardEvent): void {
    const options = this.#hits.querySelectorAll<HTMLElement>("[role=option]");
    if (event.key === "ArrowDown") this.#active = Math.min(options.length - 1, this.#active + 1);
    else if (event.key === "ArrowUp") this.#active = Math.max(0, this.#active - 1);
    else if (event.key === "Enter" && !event.isComposing) options[this.#active]?.dispatchEvent(new MouseEvent("mousedown"));
    else if (event.key === "Escape") {
      this.#input.value = "";
      this.#hide();
      this.#input.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.#mark();
  }

  #mark(): void {
    this.#hits.querySelectorAll("[role=option]").forEach((option, i) => {
      option.id = `hit-${i}`;
      option.setAttribute("aria-selected", String(i === this.#active));
      if (i === this.#active) option.scrollIntoView({ block: "nearest" });
    });
    this.#input.setAttribute("aria-activedescendant", this.#hits.hidden ? "" : `hit-${this.#active}`);
  }

  #choose(node: number): void {
    this.#hide();
    this.#input.value = this.#nameOf(node);
    this.#input.blur();
    this.#go(node);
  }

  #hide(): void {
    this.#hits.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }
}
