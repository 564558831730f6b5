/** The view as a file: picture, drawing, graph or table. Each is a pure function of what is shown. */

import type { Camera, Size } from "./camera.ts";
import { paintOn, visibleDiscs, visibleLines } from "./canvas.ts";
import type { Shown } from "./filter.ts";
import type { Graph } from "./graph.ts";
import type { Label } from "./labels.ts";
import { css } from "./palette.ts";
import type { Scene } from "./scene.ts";
import { FONT, write } from "./stage.ts";

export interface View {
  readonly graph: Graph;
  readonly shown: Shown;
  readonly scene: Scene;
  readonly camera: Camera;
  readonly size: Size;
  readonly labels: readonly Label[];
  readonly title: string;
}

const DENSITY = 2;
const LINES = 40_000;

export async function png(view: View): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = view.size.width * DENSITY;
  canvas.height = view.size.height * DENSITY;
  const context = canvas.getContext("2d")!;
  context.scale(DENSITY, DENSITY);
  paintOn(context, view.scene, view.camera, view.size, LINES);
  write(context, view.labels, view.scene);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png");
  });
}

export function svgText({ scene, camera, size, labels, title }: View): string {
  const n = (value: number) => String(Math.round(value * 100) / 100);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(size.width)}" height="${n(size.height)}" viewBox="0 0 ${n(size.width)} ${n(size.height)}">`,
    `<title>${xml(title)}</title>`,
    `<rect width="100%" height="100%" fill="${css(scene.inks.paper)}"/>`,
    '<g fill="none">',
  ];
  for (const l of visibleLines(scene, camera, size, LINES)) {
    parts.push(`<path d="M${n(l.x1)} ${n(l.y1)}L${n(l.x2)} ${n(l.y2)}" stroke="${css(l.color)}" stroke-opacity="${n(l.alpha)}" stroke-width="${l.width}"/>`);
  }
  parts.push(`</g><g stroke="${css(scene.inks.paper)}">`);
  for (const d of visibleDiscs(scene, camera, size)) {
    parts.push(`<circle cx="${n(d.x)}" cy="${n(d.y)}" r="${n(d.radius)}" fill="${css(d.color)}" stroke-width="${d.radius > 3 ? 1 : 0}"/>`);
  }
  parts.push(`</g><g text-anchor="middle" dominant-baseline="central" paint-order="stroke" stroke="${css(scene.inks.paper)}" stroke-width="3" stroke-linejoin="round" fill="${css(scene.inks.ink)}" font-family="${xml(FONT)}">`);
  for (const l of labels) {
    parts.push(`<text x="${n(l.x)}" y="${n(l.y)}" font-size="${l.font}" font-weight="${l.bold ? 600 : 500}">${xml(l.text)}</text>`);
  }
  return `${parts.join("\n")}\n</g></svg>\n`;
}

export function graphml({ graph, shown }: View): string {
  const keys: [string, "node" | "edge", string, string][] = [
    ["label", "node", "label", "string"], ["type", "node", "type", "string"], ["en", "node", "name_en", "string"],
    ["zh", "node", "name_zh", "string"], ["papers", "node", "paper_count", "int"], ["x", "node", "x", "double"],
    ["y", "node", "y", "double"], ["relation", "edge", "type", "string"], ["confidence", "edge", "confidence", "double"],
  ];
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'];
  for (const [id, of, name, type] of keys) parts.push(`<key id="${id}" for="${of}" attr.name="${name}" attr.type="${type}"/>`);
  parts.push('<graph id="kg" edgedefault="directed">');
  const data = (key: string, value: string | number) => (value === "" ? "" : `<data key="${key}">${xml(String(value))}</data>`);
  for (const i of indices(shown.nodes)) {
    const values = data("label", graph.name[i]) + data("type", graph.types[graph.type[i]]) + data("en", graph.en[i]) +
      data("zh", graph.zh[i]) + data("papers", graph.papers[i]) + data("x", graph.x[i]) + data("y", -graph.y[i]);
    parts.push(`<node id="${xml(graph.id[i])}">${values}</node>`);
  }
  for (const e of indices(shown.edges)) {
    const values = data("relation", graph.relations[graph.relation[e]]) + data("confidence", graph.confidence[e] / 100);
    parts.push(`<edge id="e${e}" source="${xml(graph.id[graph.source[e]])}" target="${xml(graph.id[graph.target[e]])}">${values}</edge>`);
  }
  return `${parts.join("\n")}\n</graph>\n</graphml>\n`;
}

/** One row an edge, and one for each node without; with a byte order mark, which spreadsheets want. */
export function csv({ graph, shown }: View): string {
  const rows: (string | number)[][] = [["source", "source_type", "relation", "target", "target_type", "confidence", "date"]];
  const linked = new Uint8Array(graph.count);
  for (const e of indices(shown.edges)) {
    const [a, b] = [graph.source[e], graph.target[e]];
    linked[a] = linked[b] = 1;
    rows.push([
      graph.name[a], graph.types[graph.type[a]], graph.relations[graph.relation[e]],
      graph.name[b], graph.types[graph.type[b]], graph.confidence[e] / 100, graph.days[graph.day[e]] ?? "",
    ]);
  }
  for (const i of indices(shown.nodes)) {
    if (!linked[i]) rows.push([graph.name[i], graph.types[graph.type[i]], "", "", "", "", graph.days[graph.first[i]] ?? ""]);
  }
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function indices(mask: Uint8Array): number[] {
  return Array.from(mask.keys()).filter((i) => mask[i]);
}

/** Text that a spreadsheet would take for a formula gets an apostrophe. */
function cell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function xml(text: string): string {
  const marks: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd").replace(/[&<>"']/g, (c) => marks[c]);
}

export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
