/** The application: holds the state, changes it, and lets each part draw itself from it. */

import { byId } from "./dom.ts";
import type { Filters, Shown } from "./filter.ts";
import { apply, noFilters } from "./filter.ts";
import type { Graph } from "./graph.ts";
import { edgesOf, otherEnd } from "./graph.ts";
import { listenToKeys } from "./keys.ts";
import { byImportance } from "./labels.ts";
import { list } from "./list.ts";
import { bindMenus, renderBar } from "./bar.ts";
import { inks, typeColors } from "./palette.ts";
import { panel } from "./panel.ts";
import { csv, download, graphml, png, svgText } from "./save.ts";
import type { View } from "./save.ts";
import type { Scene } from "./scene.ts";
import { compose, drawingOrder } from "./scene.ts";
import { SearchBox } from "./searchbox.ts";
import { sidebar } from "./sidebar.ts";
import { Stage } from "./stage.ts";
import type { State } from "./state.ts";
import { fromHash, toHash } from "./state.ts";
import { Timeline } from "./timeline.ts";
import { counted, typeWord, word } from "./words.ts";
import type { Lang } from "./words.ts";

const SMALL = "(max-width: 720px)";
const MARGIN = 12;
const CLOSEST = 2.6;

export type Format = "png" | "svg" | "graphml" | "csv";

export class App {
  readonly #graph: Graph;
  readonly #initial: State;
  readonly #stage: Stage;
  readonly #search: SearchBox;
  readonly #timeline: Timeline;
  readonly #order: ReturnType<typeof drawingOrder>;
  readonly #importance: Int32Array;
  readonly #systemDark = matchMedia("(prefers-color-scheme: dark)");
  #state: State;
  #shown: Shown;
  #scene!: Scene;
  #neighbour = -1;
  #walked = 0;
  #fitted = true;

  constructor(graph: Graph, lang: Lang) {
    this.#graph = graph;
    this.#order = drawingOrder(graph);
    this.#importance = byImportance(graph);
    const small = matchMedia(SMALL).matches;
    this.#initial = {
      selected: -1, filters: noFilters(graph), lang, view: small ? "list" : "graph", theme: "auto", camera: null,
    };
    const given = fromHash(graph, location.hash, this.#initial);
    const focus = graph.indexOf.get(graph.about.focus) ?? -1;
    this.#state = location.hash || small ? given : { ...given, selected: focus };
    this.#shown = apply(graph, this.#state.filters);
    document.body.classList.toggle("sidebar-closed", small);
    this.#search = new SearchBox(graph, (node) => this.open(node));
    this.#timeline = new Timeline(graph, (until, settled) => this.#until(until, settled));
    const forceCanvas = new URLSearchParams(location.search).get("renderer") === "canvas";
    this.#stage = new Stage(byId("stage"), graph, {
      picked: (node) => (node >= 0 ? this.open(node) : this.deselect()),
      hovered: (node) => this.#stage.hover(node),
      moved: (camera) => {
        this.#fitted = false;
        this.#change({ camera });
      },
    }, forceCanvas);
    document.body.dataset.renderer = this.#stage.kind;
    bindMenus(this);
    listenToKeys(this, this.#stage);
    addEventListener("popstate", () => this.#restore());
    addEventListener("hashchange", () => this.#restore());
    addEventListener("resize", () => this.#resized());
    this.#systemDark.addEventListener("change", () => this.#draw());
    this.#draw();
    if (this.#state.camera) this.#stage.look(this.#state.camera);
    else this.#lookAtSelection(false);
  }

  /** Select a node and go there; one step in the reader's history. */
  open(node: number): void {
    if (node === this.#state.selected) {
      this.#lookAtSelection(true);
      return;
    }
    this.#neighbour = -1;
    this.#walked++;
    this.#change({ selected: node, camera: null }, true);
    this.#lookAtSelection(true);
    this.#say(node);
    if (this.#state.view === "list") byId("panel").querySelector<HTMLElement>("h2")?.focus();
  }

  deselect(): void {
    if (this.#state.selected < 0) return;
    this.#change({ selected: -1 }, true);
    this.#cover();
  }

  escape(): void {
    const menu = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (menu) menu.open = false;
    else this.deselect();
  }

  seeAll(): void {
    this.#cover();
    const all = this.#stage.framing(this.#visible(), CLOSEST);
    if (!all) return;
    this.#fitted = true;
    this.#stage.fly(all);
    this.#change({ camera: null });
  }

  zoom(factor: number): void {
    this.#stage.zoom(factor);
  }

  focusSearch(): void {
    this.#search.focus();
  }

  switchLanguage(): void {
    this.#change({ lang: this.#state.lang === "en" ? "zh" : "en" });
  }

  switchTheme(): void {
    this.#change({ theme: this.#isDark() ? "light" : "dark" });
  }

  switchView(view?: State["view"]): void {
    this.#change({ view: view ?? (this.#state.view === "graph" ? "list" : "graph") });
    if (this.#state.view === "graph") this.#resized();
  }

  toggleSidebar(): void {
    document.body.classList.toggle("sidebar-closed");
    this.#draw();
    this.#resized();
  }

  play(): void {
    this.#timeline.toggle();
  }

  /** Go along the neighbours of the selected node without leaving it. */
  neighbour(step: number): void {
    const { selected } = this.#state;
    const near = this.#importance.filter((i) => i !== selected && this.#scene.lit?.has(i));
    if (!near.length) return;
    const at = near.indexOf(this.#neighbour);
    this.#neighbour = near[at < 0 ? (step > 0 ? 0 : near.length - 1) : (at + step + near.length) % near.length];
    this.#stage.hover(this.#neighbour);
    this.#say(this.#neighbour);
  }

  walk(): void {
    if (this.#neighbour >= 0) this.open(this.#neighbour);
  }

  async save(format: Format): Promise<void> {
    const view = this.#view();
    const makers: Record<Format, () => Blob | Promise<Blob>> = {
      png: () => png(view),
      svg: () => new Blob([svgText(view)], { type: "image/svg+xml" }),
      graphml: () => new Blob([graphml(view)], { type: "application/xml" }),
      csv: () => new Blob([csv(view)], { type: "text/csv" }),
    };
    const name = `graph.${format}`;
    download(name, await makers[format]());
    this.#announce(word(this.#state.lang, "saved", { name }));
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#announce(word(this.#state.lang, "copied"));
    } catch {
      this.#announce(location.href);
    }
  }

  #change(change: Partial<State>, step = false): void {
    this.#state = { ...this.#state, ...change };
    if (change.filters) this.#shown = apply(this.#graph, change.filters);
    this.#draw();
    this.#remember(step);
  }

  #remember(step: boolean): void {
    const hash = toHash(this.#graph, this.#state, this.#initial);
    if (hash === location.hash.slice(1)) return;
    const address = hash ? `#${hash}` : location.pathname + location.search;
    try {
      if (step) history.pushState({ walked: this.#walked }, "", address);
      else history.replaceState(history.state, "", address);
    } catch {
      // A page in a sandbox has no history: the view works all the same.
    }
  }

  #restore(): void {
    const next = fromHash(this.#graph, location.hash, this.#initial);
    if (toHash(this.#graph, next, this.#initial) === toHash(this.#graph, this.#state, this.#initial)) return;
    const moved = next.selected !== this.#state.selected;
    this.#walked = (history.state as { walked?: number } | null)?.walked ?? 0;
    this.#state = next;
    this.#shown = apply(this.#graph, next.filters);
    this.#draw();
    if (next.camera) this.#stage.fly(next.camera);
    else if (moved) this.#lookAtSelection(true);
  }

  #until(until: number, settled: boolean): void {
    const filters: Filters = { ...this.#state.filters, until };
    this.#state = { ...this.#state, filters };
    this.#shown = apply(this.#graph, filters);
    this.#draw(settled);
    if (settled) this.#remember(false);
  }

  #draw(whole = true): void {
    const { lang, view, filters, selected } = this.#state;
    const dark = this.#isDark();
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.body.dataset.view = view;
    const colors = typeColors(this.#graph.types, dark);
    colors.forEach((color, i) => document.documentElement.style.setProperty(`--type-${i}`, `rgb(${color.join(" ")})`));
    this.#scene = compose(this.#graph, this.#order, this.#shown, colors, inks(dark), selected);
    this.#stage.show(this.#scene, this.#shown, this.#nameOf);
    this.#timeline.render(lang, filters.until);
    renderBar(this.#state, this.#title());
    document.title = `${word(lang, "heading")} · ${this.#title()}`;
    if (!whole) return;
    this.#search.render(lang, this.#nameOf);
    const change = (next: Filters) => this.#change({ filters: next });
    this.#keepFocus(byId("sidebar"), sidebar(this.#graph, filters, this.#shown, lang, this.#nameOf, change));
    this.#stage.element.setAttribute("aria-label", word(lang, "graphLabel"));
    byId("empty").hidden = this.#shown.nodeCount > 0;
    byId("empty").textContent = word(lang, "empty");
    this.#drawPanel();
    const rows = view === "list"
      ? [list(this.#graph, this.#shown.nodes, this.#importance, lang, selected, this.#nameOf, (i) => this.open(i))]
      : [];
    byId("list").replaceChildren(...rows);
  }

  #drawPanel(): void {
    const { lang, selected } = this.#state;
    const host = byId("panel");
    const key = `${selected} ${lang} ${this.#shown.nodes[selected] ?? ""}`;
    document.body.classList.toggle("panel-open", selected >= 0);
    host.hidden = selected < 0;
    if (host.dataset.key === key) return;
    host.dataset.key = key;
    if (selected < 0) {
      host.replaceChildren();
      return;
    }
    const made = panel({
      graph: this.#graph,
      lang,
      visible: this.#shown.nodes,
      nameOf: this.#nameOf,
      open: (node) => this.open(node),
      close: () => this.deselect(),
      back: this.#walked > 1 ? () => history.back() : null,
      reveal: () => this.#change({ filters: noFilters(this.#graph) }),
    }, selected);
    host.replaceChildren(made);
    host.scrollTop = 0;
  }

  /** Put new content in a host and leave the keyboard on the control it was on. */
  #keepFocus(host: HTMLElement, content: HTMLElement): void {
    const controls = (of: Element) => Array.from(of.querySelectorAll<HTMLElement>("button, input, select, summary"));
    const at = controls(host).indexOf(document.activeElement as HTMLElement);
    const open = host.querySelector("details")?.open;
    host.replaceChildren(content);
    const details = host.querySelector("details");
    if (open && details) details.open = true;
    if (at >= 0) controls(host)[at]?.focus();
  }

  readonly #nameOf = (node: number): string =>
    (this.#state.lang === "zh" ? this.#graph.zh[node] : this.#graph.en[node]) || this.#graph.name[node];

  /** What is shown, in one line. */
  #title(): string {
    const { lang } = this.#state;
    const graph = this.#graph;
    const papers = graph.paperType < 0 ? 0 : this.#shown.nodes.reduce((n, on, i) => n + (on && graph.type[i] === graph.paperType ? 1 : 0), 0);
    const parts = [counted(lang, papers, "paper"), counted(lang, this.#shown.nodeCount - papers, "entity")];
    const first = graph.days[graph.days[0] === "" ? 1 : 0];
    const last = graph.days[this.#state.filters.until];
    if (first && last) parts.push(first === last ? first : `${first.slice(0, 7)} ${word(lang, "to")} ${last.slice(0, 7)}`);
    const title = parts.join(lang === "zh" ? "，" : ", ");
    const { focus, total } = graph.about;
    const why = focus
      ? word(lang, "around", { name: this.#nameOf(graph.indexOf.get(focus) ?? 0) })
      : total > graph.count ? word(lang, "best", { n: graph.count, all: total }) : "";
    return why ? `${title}${lang === "zh" ? "；" : "; "}${why}` : title;
  }

  #view(): View {
    return {
      graph: this.#graph, shown: this.#shown, scene: this.#scene, camera: this.#stage.camera, size: this.#stage.size,
      labels: this.#stage.labels(), title: this.#title(),
    };
  }

  /** What is shown and linked; all that is shown where nothing is linked. */
  #visible(): number[] {
    const shown = Array.from(this.#shown.nodes.keys()).filter((i) => this.#shown.nodes[i]);
    const linked = shown.filter((i) => this.#graph.offset[i + 1] - this.#graph.offset[i] > 1);
    return linked.length ? linked : shown;
  }

  #lookAtSelection(fly: boolean): void {
    this.#cover();
    const { selected } = this.#state;
    const near = selected < 0 ? [] : Array.from(edgesOf(this.#graph, selected), (e) => otherEnd(this.#graph, e, selected));
    const camera = selected < 0
      ? this.#stage.framing(this.#visible(), CLOSEST)
      : this.#stage.closeUp(selected, near.filter((i) => this.#shown.nodes[i]));
    if (!camera) return;
    this.#fitted = selected < 0;
    if (fly) this.#stage.fly(camera);
    else this.#stage.look(camera);
  }

  #resized(): void {
    this.#cover();
    if (this.#fitted) this.#lookAtSelection(false);
  }

  /** Tell the drawing what lies over it. */
  #cover(): void {
    const small = matchMedia(SMALL).matches;
    const width = (id: string) => byId(id).getBoundingClientRect().width + MARGIN;
    const closed = document.body.classList.contains("sidebar-closed");
    this.#stage.cover({
      left: small || closed ? 0 : width("sidebar"),
      right: small || this.#state.selected < 0 ? 0 : width("panel"),
      top: 0,
      bottom: small && this.#state.selected >= 0
        ? byId("panel").getBoundingClientRect().height
        : this.#timeline.useful ? 56 : 0,
    });
  }

  #isDark(): boolean {
    return this.#state.theme === "auto" ? this.#systemDark.matches : this.#state.theme === "dark";
  }

  #say(node: number): void {
    const { lang } = this.#state;
    const type = typeWord(lang, this.#graph.types[this.#graph.type[node]]);
    this.#announce(word(lang, "selectedSay", { name: this.#nameOf(node), type, n: edgesOf(this.#graph, node).length }));
  }

  #announce(text: string): void {
    byId("said").textContent = text;
  }
}
