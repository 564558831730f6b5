/** Which node is under the pointer: a grid over the plane, a few nodes a cell. */

import type { Camera, Size } from "./camera.ts";
import { sizeFactor, toWorld } from "./camera.ts";
import type { Graph } from "./graph.ts";

export interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly start: Int32Array;
  readonly nodes: Int32Array;
  readonly largest: number;
}

export function buildGrid(graph: Graph): Grid {
  let [left, top, right, bottom, largest] = [Infinity, Infinity, -Infinity, -Infinity, 1];
  for (let i = 0; i < graph.count; i++) {
    left = Math.min(left, graph.x[i]);
    right = Math.max(right, graph.x[i]);
    top = Math.min(top, graph.y[i]);
    bottom = Math.max(bottom, graph.y[i]);
    largest = Math.max(largest, graph.radius[i]);
  }
  if (!graph.count) [left, top, right, bottom] = [0, 0, 1, 1];
  const cell = Math.max(1, Math.sqrt(((right - left) * (bottom - top) * 3) / Math.max(graph.count, 1)));
  const columns = Math.floor((right - left) / cell) + 1;
  const rows = Math.floor((bottom - top) / cell) + 1;
  const cellOf = (i: number) =>
    Math.floor((graph.y[i] - top) / cell) * columns + Math.floor((graph.x[i] - left) / cell);
  const start = new Int32Array(columns * rows + 1);
  for (let i = 0; i < graph.count; i++) start[cellOf(i) + 1]++;
  for (let c = 0; c < columns * rows; c++) start[c + 1] += start[c];
  const nodes = new Int32Array(graph.count);
  const next = start.slice();
  for (let i = 0; i < graph.count; i++) nodes[next[cellOf(i)]++] = i;
  return { left, top, cell, columns, rows, start, nodes, largest };
}

/** The node whose disc is at, or within `slack` pixels of, a point of the screen; -1 for none. */
export function pick(
  graph: Graph, grid: Grid, visible: Uint8Array, camera: Camera, size: Size, x: number, y: number, slack: number,
): number {
  const [worldX, worldY] = toWorld(camera, size, x, y);
  const factor = sizeFactor(camera.scale) / camera.scale;
  const reach = grid.largest * factor + slack / camera.scale;
  const column = (at: number) => Math.min(grid.columns - 1, Math.max(0, Math.floor((at - grid.left) / grid.cell)));
  const row = (at: number) => Math.min(grid.rows - 1, Math.max(0, Math.floor((at - grid.top) / grid.cell)));
  let best = -1;
  let nearest = slack / camera.scale;
  for (let r = row(worldY - reach); r <= row(worldY + reach); r++) {
    for (let c = column(worldX - reach); c <= column(worldX + reach); c++) {
      const cell = r * grid.columns + c;
      for (let at = grid.start[cell]; at < grid.start[cell + 1]; at++) {
        const i = grid.nodes[at];
        if (!visible[i]) continue;
        const gap = Math.hypot(graph.x[i] - worldX, graph.y[i] - worldY) - graph.radius[i] * factor;
        if (gap < nearest) [best, nearest] = [i, gap];
      }
    }
  }
  return best;
}
