/** The drawing: two canvases (discs and lines, names over them), the camera, and what pointers do. */

import type { Box, Camera, Size } from "./camera.ts";
import { between, fit, sizeFactor, toScreen, zoomAt } from "./camera.ts";
import { canvasPainter } from "./canvas.ts";
import { h } from "./dom.ts";
import type { Shown } from "./filter.ts";
import type { Graph } from "./graph.ts";
import type { Label } from "./labels.ts";
import { byImportance, place } from "./labels.ts";
import { css } from "./palette.ts";
import { buildGrid, pick } from "./picking.ts";
import type { Scene } from "./scene.ts";
import type { Painter } from "./webgl.ts";
import { STILL, webglPainter } from "./webgl.ts";

export interface Insets {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Events {
  picked(node: number): void;
  hovered(node: number): void;
  /** The camera came to rest after the reader moved it. */
  moved(camera: Camera): void;
}

export const FONT = 'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const FLIGHT = 520;
const REST = 140;
const DRAG = 6;
const CLOSE = 2.2;
const FEWEST = 150;
const FASTEST = 1e6;
const FRAME = 8; // milliseconds of a frame that lines may take while the picture moves
const SLOW_FRAME = 26;
const QUICK_FRAME = 17.5;

export class Stage {
  readonly kind: Painter["kind"];
  readonly #graph: Graph;
  readonly #events: Events;
  readonly #painter: Painter;
  readonly #drawing: HTMLCanvasElement;
  readonly #writing: HTMLCanvasElement;
  readonly #order: Int32Array;
  readonly #widths = new Map<string, number>();
  readonly #pointers = new Map<number, { x: number; y: number }>();
  #grid: ReturnType<typeof buildGrid> | null = null;
  #scene: Scene | null = null;
  #shown: Shown | null = null;
  #nameOf: (node: number) => string = () => "";
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  #size: Size = { width: 1, height: 1 };
  #ratio = 1;
  #hovered = -1;
  #insets: Insets = { left: 0, top: 0, right: 0, bottom: 0 };
  #frame = 0;
  #flight = 0;
  #rest = 0;
  #moving = false;
  #budget = 0;
  #lastFrame = 0;
  #frameTime = 0;
  #stale = true;
  #dragged = 0;

  constructor(host: HTMLElement, graph: Graph, events: Events, forceCanvas: boolean) {
    this.#graph = graph;
    this.#events = events;
    this.#order = byImportance(graph);
    this.#drawing = h("canvas", { class: "drawing", at: { "aria-hidden": "true" } });
    this.#writing = h("canvas", { class: "writing", id: "graph-canvas", at: { tabindex: 0, role: "application" } });
    host.prepend(this.#drawing, this.#writing);
    const made = forceCanvas ? null : webglPainter(this.#drawing);
    this.#painter = made ?? canvasPainter(this.#drawing);
    this.kind = this.#painter.kind;
    this.#drawing.addEventListener("webglcontextrestored", () => location.reload());
    this.#listen();
    new ResizeObserver(() => this.resize(host)).observe(host);
    this.resize(host);
  }

  get camera(): Camera {
    return this.#camera;
  }

  get size(): Size {
    return this.#size;
  }

  get element(): HTMLCanvasElement {
    return this.#writing;
  }

  show(scene: Scene, shown: Shown, nameOf: (node: number) => string): void {
    this.#scene = scene;
    this.#shown = shown;
    this.#nameOf = nameOf;
    this.#painter.load(scene);
    this.draw();
  }

  resize(host: HTMLElement): void {
    const { width, height } = host.getBoundingClientRect();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const same = width === this.#size.width && height === this.#size.height && ratio === this.#ratio;
    if (!width || !height || same) return;
    this.#size = { width, height };
    this.#ratio = ratio;
    for (const canvas of [this.#drawing, this.#writing]) {
      canvas.width = Math.round(width * this.#ratio);
      canvas.height = Math.round(height * this.#ratio);
    }
    this.#stale = true;
    if (this.#scene) this.#paint();
  }

  cover(insets: Insets): void {
    this.#insets = insets;
  }

  look(camera: Camera): void {
    this.#flight++;
    this.#camera = camera;
    this.draw();
  }

  /** Move there, smoothly unless the reader's system asks for calm. */
  fly(to: Camera, done?: () => void): void {
    const from = this.#camera;
    const flight = ++this.#flight;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.look(to);
      done?.();
      return;
    }
    const start = performance.now();
    const step = (now: number) => {
      if (flight !== this.#flight) return;
      const t = Math.min(1, Math.max(0, now - start) / FLIGHT);
      this.#camera = between(from, to, t);
      this.#move();
      if (t < 1) requestAnimationFrame(step);
      else done?.();
    };
    requestAnimationFrame(step);
  }

  /** The camera that shows some nodes beside what covers the drawing. */
  framing(nodes: Iterable<number>, most: number): Camera | null {
    const { x, y, radius } = this.#graph;
    let box: Box | null = null;
    for (const i of nodes) {
      const [l, t, r, b] = [x[i] - radius[i], y[i] - radius[i], x[i] + radius[i], y[i] + radius[i]];
      box = box
        ? { left: Math.min(box.left, l), top: Math.min(box.top, t), right: Math.max(box.right, r), bottom: Math.max(box.bottom, b) }
        : { left: l, top: t, right: r, bottom: b };
    }
    if (!box) return null;
    const { left, top, right, bottom } = this.#insets;
    const free = { width: Math.max(120, this.#size.width - left - right), height: Math.max(120, this.#size.height - top - bottom) };
    const camera = fit(box, free, Math.min(46, free.width / 8), most);
    return this.#shifted(camera);
  }

  /** The camera that has a node in the middle, close enough to read its neighbours. */
  closeUp(node: number, near: Iterable<number>): Camera {
    const around = this.framing([node, ...near], CLOSE);
    const scale = Math.max(around?.scale ?? 1, Math.min(this.#camera.scale, CLOSE));
    if (around && around.scale >= scale * 0.4) return around;
    return this.#shifted({ x: this.#graph.x[node], y: this.#graph.y[node], scale });
  }

  zoom(factor: number): void {
    this.fly(zoomAt(this.#camera, this.#size, this.#size.width / 2, this.#size.height / 2, factor), () => this.#settle());
  }

  pan(x: number, y: number): void {
    this.#flight++;
    const { scale } = this.#camera;
    this.#camera = { x: this.#camera.x + x / scale, y: this.#camera.y + y / scale, scale };
    this.#move();
  }

  labels(): Label[] {
    if (!this.#scene || !this.#shown) return [];
    const wanted = { selected: this.#scene.selected, hovered: this.#hovered, lit: this.#scene.lit };
    const measure = (text: string, font: number, bold: boolean) => this.#measure(text, font, bold);
    return place(this.#graph, this.#shown, this.#order, this.#nameOf, measure, this.#camera, this.#size, wanted);
  }

  draw(): void {
    this.#stale = true;
    this.#drawNames();
  }

  hover(node: number): void {
    if (node === this.#hovered) return;
    this.#hovered = node;
    this.#writing.style.cursor = node >= 0 ? "pointer" : "grab";
    this.#drawNames();
  }

  #shifted(camera: Camera): Camera {
    const { left, top, right, bottom } = this.#insets;
    return {
      x: camera.x - (left - right) / 2 / camera.scale,
      y: camera.y - (top - bottom) / 2 / camera.scale,
      scale: camera.scale,
    };
  }

  #move(): void {
    this.#moving = true;
    this.#restSoon();
    this.draw();
  }

  /** At rest everything is drawn; as long as a finger or button is down there is no rest. */
  #restSoon(): void {
    clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      if (this.#pointers.size && this.#dragged >= DRAG) {
        this.#restSoon();
        return;
      }
      this.#moving = false;
      this.#lastFrame = 0;
      this.#settle();
    }, Math.max(REST, 2.5 * this.#frameTime));
  }

  #settle(): void {
    this.draw();
    this.#events.moved(this.#camera);
  }

  /** Spend as many lines on a frame as keeps the movement smooth. */
  #adapt(now: number): void {
    if (!this.#moving) return;
    const took = now - this.#lastFrame;
    if (this.#lastFrame) this.#frameTime = Math.min(took, 400);
    const lines = this.#scene?.lineCount ?? 0;
    if (this.#lastFrame && took > SLOW_FRAME) {
      // A frame has a cost of its own, so that the lines are cut by no more than four fifths at a time.
      this.#budget = Math.max(FEWEST, Math.min(this.#budget, lines) * Math.max(0.2, QUICK_FRAME / took));
    } else if (this.#lastFrame && took < QUICK_FRAME) this.#budget = Math.min(1e6, this.#budget * 1.08 + 20);
    this.#lastFrame = now;
  }

  #drawNames(): void {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#adapt(now);
      this.#paint();
    });
  }

  /** Discs and lines, unless only the names over them have changed. */
  #paintDiscs(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const most = this.#moving ? Math.round(this.#budget) : this.#painter.affordable(STILL);
    this.#painter.paint(this.#camera, this.#size, this.#ratio, most, !this.#moving);
    this.#budget ||= Math.min(FASTEST, this.#painter.affordable(FRAME));
  }

  #paint(): void {
    if (!this.#scene) return;
    this.#paintDiscs();
    const context = this.#writing.getContext("2d")!;
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, this.#size.width, this.#size.height);
    this.#ring(context, this.#scene.selected, 3);
    if (this.#hovered !== this.#scene.selected) this.#ring(context, this.#hovered, 2);
    write(context, this.labels(), this.#scene);
  }

  #ring(context: CanvasRenderingContext2D, node: number, width: number): void {
    if (node < 0 || !this.#shown?.nodes[node]) return;
    const [x, y] = toScreen(this.#camera, this.#size, this.#graph.x[node], this.#graph.y[node]);
    context.beginPath();
    context.arc(x, y, Math.max(this.#graph.radius[node] * sizeFactor(this.#camera.scale), 0.9) + 3.5, 0, 2 * Math.PI);
    context.strokeStyle = css(this.#scene!.inks.accent);
    context.lineWidth = width;
    context.stroke();
  }

  #measure(text: string, font: number, bold: boolean): number {
    const key = bold ? `*${text}` : text;
    let width = this.#widths.get(key);
    if (width === undefined) {
      const context = this.#writing.getContext("2d")!;
      context.font = `${bold ? 600 : 500} 20px ${FONT}`;
      width = context.measureText(text).width / 20;
      this.#widths.set(key, width);
    }
    return width * font;
  }

  #at(x: number, y: number, slack: number): number {
    if (!this.#shown) return -1;
    this.#grid ??= buildGrid(this.#graph);
    return pick(this.#graph, this.#grid, this.#shown.nodes, this.#camera, this.#size, x, y, slack);
  }

  #listen(): void {
    const canvas = this.#writing;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      this.#flight++;
      if (this.#pointers.size === 1) this.#dragged = 0;
    });
    canvas.addEventListener("pointermove", (event) => this.#pointerMoved(event));
    canvas.addEventListener("pointerup", (event) => {
      const clicked = this.#pointers.size === 1 && this.#dragged < DRAG;
      this.#pointers.delete(event.pointerId);
      if (clicked) this.#events.picked(this.#at(event.offsetX, event.offsetY, event.pointerType === "touch" ? 16 : 5));
    });
    canvas.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => this.#events.hovered(-1));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#flight++;
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016));
      this.#camera = zoomAt(this.#camera, this.#size, event.offsetX, event.offsetY, factor);
      this.#move();
    }, { passive: false });
    canvas.addEventListener("dblclick", (event) => {
      this.fly(zoomAt(this.#camera, this.#size, event.offsetX, event.offsetY, 2), () => this.#settle());
    });
  }

  #pointerMoved(event: PointerEvent): void {
    const from = this.#pointers.get(event.pointerId);
    if (!from) {
      if (event.pointerType !== "touch") this.#events.hovered(this.#at(event.offsetX, event.offsetY, 4));
      return;
    }
    const to = { x: event.offsetX, y: event.offsetY };
    this.#dragged += Math.hypot(to.x - from.x, to.y - from.y);
    if (this.#pointers.size === 1) {
      if (this.#dragged >= DRAG) this.pan(from.x - to.x, from.y - to.y);
    } else {
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)![1];
      const factor = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(1, Math.hypot(from.x - other.x, from.y - other.y));
      this.#camera = zoomAt(this.#camera, this.#size, other.x, other.y, factor);
      this.#move();
    }
    this.#pointers.set(event.pointerId, to);
  }
}

/** Write names with a rim in the colour of the paper, so that they can be read over lines. */
export function write(context: CanvasRenderingContext2D, labels: readonly Label[], scene: Scene): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const label of [...labels].reverse()) {
    context.font = `${label.bold ? 600 : 500} ${label.font}px ${FONT}`;
    context.strokeStyle = css(scene.inks.paper, 0.88);
    context.lineWidth = 3.5;
    context.strokeText(label.text, label.x, label.y);
    context.fillStyle = css(scene.inks.ink);
    context.fillText(label.text, label.x, label.y);
  }
}
