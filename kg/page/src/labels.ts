/** Which names are written, and where: the most important first, none over another, more of them on zoom. */

import type { Camera, Size } from "./camera.ts";
import { sizeFactor, toScreen } from "./camera.ts";
import type { Shown } from "./filter.ts";
import type { Graph } from "./graph.ts";

export interface Label {
  readonly node: number;
  readonly text: string;
  /** Middle of the text. */
  readonly x: number;
  readonly y: number;
  readonly font: number;
  readonly bold: boolean;
  readonly faint: boolean;
}

export interface Wanted {
  readonly selected: number;
  readonly hovered: number;
  readonly lit: ReadonlySet<number> | null;
}

const CELL = 40;
const WIDE = 26;
const LOOKED_AT = 6000;

/** Nodes by importance: what more papers know first, papers last. */
export function byImportance(graph: Graph): Int32Array {
  const order = Int32Array.from({ length: graph.count }, (_, i) => i);
  const entity = (i: number) => (graph.type[i] === graph.paperType ? 0 : 1);
  return order.sort((a, b) => entity(b) - entity(a) || graph.radius[b] - graph.radius[a] || a - b);
}

/** Cut a name; a Chinese character is as wide as two letters. */
export function short(text: string, most = WIDE): string {
  let used = 0;
  let at = 0;
  for (const character of text) {
    used += character > "\u2e7f" ? 2 : 1;
    if (used > most) return `${text.slice(0, at).trimEnd()}…`;
    at += character.length;
  }
  return text;
}

export function place(
  graph: Graph, shown: Shown, order: Int32Array, nameOf: (node: number) => string,
  measure: (text: string, font: number, bold: boolean) => number, camera: Camera, size: Size, wanted: Wanted,
): Label[] {
  const labels: Label[] = [];
  const taken = new Boxes();
  const most = Math.max(12, Math.floor((size.width * size.height) / 13000));
  const factor = sizeFactor(camera.scale);
  const consider = (node: number, force: boolean, faint: boolean): void => {
    const [x, y] = toScreen(camera, size, graph.x[node], graph.y[node]);
    if (x < -60 || y < -30 || x > size.width + 60 || y > size.height + 30) return;
    const radius = Math.max(graph.radius[node] * factor, 0.9);
    const isPaper = graph.type[node] === graph.paperType;
    if (!force && isPaper && radius < 4.2) return;
    const bold = node === wanted.selected || node === wanted.hovered;
    const font = Math.round(Math.min(17, Math.max(isPaper ? 10.5 : 11, 8.5 + radius * 0.42)) * 2) / 2;
    const text = short(nameOf(node), bold ? 60 : isPaper ? 34 : WIDE);
    const width = measure(text, font, bold);
    const middle = y + radius + font * 0.5 + 3;
    const box = [x - width / 2 - 4, middle - font * 0.62, x + width / 2 + 4, middle + font * 0.62] as const;
    if (!taken.claim(...box) && !bold) return;
    labels.push({ node, text, x, y: middle, font, bold, faint });
  };
  for (const node of new Set([wanted.hovered, wanted.selected])) {
    if (node >= 0 && shown.nodes[node]) consider(node, true, false);
  }
  if (wanted.lit) {
    const near = [...wanted.lit].filter((i) => i !== wanted.selected && i !== wanted.hovered);
    near.sort((a, b) => graph.radius[b] - graph.radius[a] || a - b);
    for (const node of near) if (shown.nodes[node] && labels.length < most) consider(node, near.length < 40, false);
    return labels;
  }
  let looked = 0;
  for (const node of order) {
    if (labels.length >= most || looked > LOOKED_AT) break;
    if (!shown.nodes[node] || node === wanted.hovered) continue;
    if (onScreen(graph, camera, size, node)) {
      looked++;
      consider(node, false, false);
    }
  }
  return labels;
}

function onScreen(graph: Graph, camera: Camera, size: Size, node: number): boolean {
  const x = Math.abs(graph.x[node] - camera.x) * camera.scale;
  const y = Math.abs(graph.y[node] - camera.y) * camera.scale;
  return x < size.width / 2 + 60 && y < size.height / 2 + 30;
}

/** Boxes that do not overlap, found by the cells of a grid that they touch. */
class Boxes {
  readonly #cells = new Map<number, (readonly [number, number, number, number])[]>();

  claim(left: number, top: number, right: number, bottom: number): boolean {
    const keys: number[] = [];
    for (let column = Math.floor(left / CELL); column <= Math.floor(right / CELL); column++) {
      for (let row = Math.floor(top / CELL); row <= Math.floor(bottom / CELL); row++) keys.push(column * 4096 + row);
    }
    for (const key of keys) {
      for (const [l, t, r, b] of this.#cells.get(key) ?? []) {
        if (left < r && right > l && top < b && bottom > t) return false;
      }
    }
    for (const key of keys) {
      const cell = this.#cells.get(key);
      if (cell) cell.push([left, top, right, bottom]);
      else this.#cells.set(key, [[left, top, right, bottom]]);
    }
    return true;
  }
}
