/** What the reader has chosen, and its form in the address, so that a view can be shared and "back" works. */

import type { Camera } from "./camera.ts";
import { clampScale } from "./camera.ts";
import type { Filters } from "./filter.ts";
import { noFilters } from "./filter.ts";
import type { Graph } from "./graph.ts";
import type { Lang } from "./words.ts";

export interface State {
  readonly selected: number;
  readonly filters: Filters;
  readonly lang: Lang;
  readonly view: "graph" | "list";
  readonly theme: "auto" | "light" | "dark";
  /** null: as it fits. */
  readonly camera: Camera | null;
}

export function toHash(graph: Graph, state: State, initial: State): string {
  const { filters, camera } = state;
  const found = new URLSearchParams();
  if (state.selected >= 0) found.set("node", graph.id[state.selected]);
  if (filters.types.size) found.set("hide", named(graph.types, filters.types));
  if (filters.relations.size) found.set("without", named(graph.relations, filters.relations));
  if (filters.topic >= 0) found.set("topic", graph.id[filters.topic]);
  if (filters.confidence) found.set("confidence", String(filters.confidence));
  if (filters.until < graph.days.length - 1) found.set("until", graph.days[filters.until]);
  if (state.lang !== initial.lang) found.set("lang", state.lang);
  if (state.view !== initial.view) found.set("view", state.view);
  if (state.theme !== "auto") found.set("theme", state.theme);
  if (camera) found.set("at", [camera.x.toFixed(0), camera.y.toFixed(0), camera.scale.toPrecision(3)].join(","));
  return found.toString();
}

/** The state that an address describes; what is not in this graph is left out. */
export function fromHash(graph: Graph, hash: string, initial: State): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const node = (key: string) => graph.indexOf.get(given.get(key) ?? "") ?? -1;
  const all = noFilters(graph);
  const until = given.get("until");
  const confidence = Number(given.get("confidence") ?? 0);
  const topic = node("topic");
  const [lang, view, theme] = [given.get("lang"), given.get("view"), given.get("theme")];
  return {
    selected: node("node"),
    filters: {
      types: indices(graph.types, given.get("hide")),
      relations: indices(graph.relations, given.get("without")),
      topic: topic >= 0 && graph.type[topic] === graph.topicType ? topic : -1,
      confidence: confidence >= 0 && confidence <= 100 ? confidence : 0,
      until: until ? lastUpTo(graph.days, until) : all.until,
    },
    lang: lang === "en" || lang === "zh" ? lang : initial.lang,
    view: view === "graph" || view === "list" ? view : initial.view,
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    camera: cameraFrom(given.get("at")),
  };
}

function cameraFrom(text: string | null): Camera | null {
  const [x, y, scale] = (text ?? "").split(",").map(Number);
  return Number.isFinite(x) && Number.isFinite(y) && scale > 0 ? { x, y, scale: clampScale(scale) } : null;
}

function named(names: readonly string[], chosen: ReadonlySet<number>): string {
  return [...chosen].sort((a, b) => a - b).map((i) => names[i]).join(",");
}

function indices(names: readonly string[], text: string | null): Set<number> {
  return new Set((text ?? "").split(",").map((name) => names.indexOf(name)).filter((i) => i >= 0));
}

function lastUpTo(days: readonly string[], day: string): number {
  let found = 0;
  days.forEach((d, i) => {
    if (d && d.slice(0, day.length) <= day) found = i;
  });
  return found;
}
