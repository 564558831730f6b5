/** What is to be drawn: discs and lines with their colours, in the order of drawing, ready for a painter. */

import type { Camera } from "./camera.ts";
import type { Shown } from "./filter.ts";
import type { Graph } from "./graph.ts";
import { edgesOf, otherEnd } from "./graph.ts";
import type { Inks, Rgb } from "./palette.ts";
import { mix, pack } from "./palette.ts";

/** A disc is x, y, radius, colour; a line x, y, x, y, colour. Colours are four bytes, the rest 32-bit floats. */
export const DISC = 4;
export const LINE = 5;
/** What a very long line keeps of its strength: the short ones show what belongs together. */
export const FADE = 0.22;
/** Least radius of what stands out. */
const LIT = 4.5;
const LARGE = 1500;

export interface Scene {
  readonly discs: Float32Array<ArrayBuffer>;
  readonly discCount: number;
  /** Discs at the beginning that are small: any first part of them is a fair sample. */
  readonly smallDiscs: number;
  readonly lines: Float32Array<ArrayBuffer>;
  readonly lineCount: number;
  /** Lines at the end that stand out: drawn strong, however many there are. */
  readonly strongLines: number;
  readonly inks: Inks;
  readonly selected: number;
  /** The selected node and its neighbours; null when nothing is selected. */
  readonly lit: ReadonlySet<number> | null;
}

export interface Order {
  readonly nodes: Int32Array;
  /** How many nodes at the beginning are small. */
  readonly small: number;
  readonly edges: Int32Array;
}

/** Discs: the large ones last, so that they lie on top; small ones, and edges, so that a first part is a fair sample. */
export function drawingOrder(graph: Graph): Order {
  const nodes = Int32Array.from({ length: graph.count }, (_, i) => i);
  const entity = (i: number) => (graph.type[i] === graph.paperType ? 0 : 1);
  nodes.sort((a, b) => entity(a) - entity(b) || graph.radius[a] - graph.radius[b] || a - b);
  const small = Math.max(0, graph.count - LARGE);
  nodes.set(spread(nodes.slice(0, small)));
  return { nodes, small, edges: spread(Int32Array.from({ length: graph.edges }, (_, e) => e)) };
}

/** The same numbers in an order in which neighbours are far apart. */
function spread(numbers: Int32Array): Int32Array {
  const stride = coprimeStride(numbers.length);
  return numbers.map((_, i) => numbers[(i * stride) % numbers.length]);
}

function coprimeStride(count: number): number {
  const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (count > 1 && gcd(stride, count) !== 1) stride++;
  return stride;
}

export function compose(
  graph: Graph, order: Order, shown: Shown, colors: readonly Rgb[], inks: Inks, selected: number,
): Scene {
  const lit = selected < 0 ? null : neighbourhood(graph, shown, selected);
  const discs = new Float32Array(shown.nodeCount * DISC);
  const discColors = new Uint32Array(discs.buffer);
  const faded = colors.map((color) => pack(mix(color, inks.paper, 0.86), 1));
  const full = colors.map((color) => pack(color, 1));
  let disc = 0;
  const put = (i: number, color: number, least = 0) => {
    discs.set([graph.x[i], graph.y[i], Math.max(graph.radius[i], least)], disc * DISC);
    discColors[disc * DISC + 3] = color;
    disc++;
  };
  let smallDiscs = 0;
  order.nodes.forEach((i, at) => {
    if (!shown.nodes[i] || lit?.has(i)) return;
    put(i, (lit ? faded : full)[graph.type[i]]);
    if (at < order.small) smallDiscs = disc;
  });
  if (lit) for (const i of order.nodes) if (shown.nodes[i] && lit.has(i)) put(i, full[graph.type[i]], LIT);

  const lines = new Float32Array(shown.edgeCount * LINE);
  const lineColors = new Uint32Array(lines.buffer);
  let line = 0;
  const draw = (e: number, color: number) => {
    const a = graph.source[e];
    const b = graph.target[e];
    lines.set([graph.x[a], graph.y[a], graph.x[b], graph.y[b]], line * LINE);
    lineColors[line * LINE + 4] = color;
    line++;
  };
  const base = pack(inks.edge, lit ? 0.25 : 1);
  for (const e of order.edges) {
    if (shown.edges[e] && graph.source[e] !== selected && graph.target[e] !== selected) draw(e, base);
  }
  const before = line;
  if (selected >= 0) {
    for (const e of edgesOf(graph, selected)) {
      if (shown.edges[e]) draw(e, pack(mix(colors[graph.type[otherEnd(graph, e, selected)]], inks.edge, 0.25), 1));
    }
  }
  return { discs, discCount: disc, smallDiscs, lines, lineCount: line, strongLines: line - before, inks, selected, lit };
}

function neighbourhood(graph: Graph, shown: Shown, node: number): Set<number> {
  const found = new Set([node]);
  for (const e of edgesOf(graph, node)) if (shown.edges[e]) found.add(otherEnd(graph, e, node));
  return found;
}

/** How strong a line among so many should be, so that a large graph is no blot and a small one no ghost. */
export function lineAlpha(count: number, camera: Camera): number {
  const crowd = Math.sqrt(900 / Math.max(1, count));
  return Math.min(0.75, Math.max(0.06, 0.6 * crowd * Math.max(0.8, camera.scale) ** 0.6));
}
