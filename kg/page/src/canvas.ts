/** The painter on a plain canvas: for browsers without WebGL, and for pictures that are saved. */

import type { Camera, Size } from "./camera.ts";
import { sizeFactor, toScreen } from "./camera.ts";
import { css } from "./palette.ts";
import type { Rgb } from "./palette.ts";
import type { Scene } from "./scene.ts";
import { DISC, FADE, LINE, lineAlpha } from "./scene.ts";
import type { Painter } from "./webgl.ts";

const LINES_AT_REST = 75_000;

export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly color: Rgb;
}

export interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly color: Rgb;
  readonly alpha: number;
  readonly width: number;
}

/** The lines that cross the view, in pixels, at most so many of the faint ones. */
export function* visibleLines(scene: Scene, camera: Camera, size: Size, most = Infinity): Generator<Line> {
  const colors = new Uint32Array(scene.lines.buffer);
  const faint = scene.lineCount - scene.strongLines;
  const alpha = lineAlpha(Math.min(faint, LINES_AT_REST), camera);
  let drawn = 0;
  for (let i = 0; i < scene.lineCount; i++) {
    const strong = i >= faint;
    if (!strong && drawn >= most) continue;
    const at = i * LINE;
    const [x1, y1] = toScreen(camera, size, scene.lines[at], scene.lines[at + 1]);
    const [x2, y2] = toScreen(camera, size, scene.lines[at + 2], scene.lines[at + 3]);
    if (Math.max(x1, x2) < 0 || Math.max(y1, y2) < 0) continue;
    if (Math.min(x1, x2) > size.width || Math.min(y1, y2) > size.height) continue;
    drawn++;
    const [color, share] = unpack(colors[at + 4]);
    const near = FADE + (1 - FADE) / (1 + Math.hypot(x2 - x1, y2 - y1) / 160);
    yield { x1, y1, x2, y2, color, alpha: share * (strong ? 0.8 : alpha * near), width: strong ? 1.4 : 1 };
  }
}

/** The discs in the view, in pixels. */
export function* visibleDiscs(scene: Scene, camera: Camera, size: Size): Generator<Disc> {
  const colors = new Uint32Array(scene.discs.buffer);
  const factor = sizeFactor(camera.scale);
  for (let i = 0; i < scene.discCount; i++) {
    const at = i * DISC;
    const [x, y] = toScreen(camera, size, scene.discs[at], scene.discs[at + 1]);
    const radius = Math.max(scene.discs[at + 2] * factor, 0.9);
    if (x < -radius || y < -radius || x > size.width + radius || y > size.height + radius) continue;
    yield { x, y, radius, color: unpack(colors[at + 3])[0] };
  }
}

export function paintOn(
  context: CanvasRenderingContext2D, scene: Scene, camera: Camera, size: Size, most = Infinity,
): void {
  context.fillStyle = css(scene.inks.paper);
  context.fillRect(0, 0, size.width, size.height);
  for (const line of visibleLines(scene, camera, size, most)) {
    context.strokeStyle = css(line.color, line.alpha);
    context.lineWidth = line.width;
    context.beginPath();
    context.moveTo(line.x1, line.y1);
    context.lineTo(line.x2, line.y2);
    context.stroke();
  }
  context.lineWidth = 1;
  context.strokeStyle = css(scene.inks.paper);
  for (const disc of visibleDiscs(scene, camera, size)) {
    context.fillStyle = css(disc.color);
    context.beginPath();
    context.arc(disc.x, disc.y, disc.radius, 0, 2 * Math.PI);
    context.fill();
    if (disc.radius > 3) context.stroke();
  }
}

const LINES_A_MILLISECOND = 150;

export function canvasPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext("2d")!;
  let scene: Scene | null = null;
  return {
    kind: "canvas",
    load: (next) => void (scene = next),
    affordable: (milliseconds) => milliseconds * LINES_A_MILLISECOND,
    paint: (camera, size, ratio, most) => {
      if (!scene) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paintOn(context, scene, camera, size, most);
    },
  };
}

function unpack(color: number): [Rgb, number] {
  return [[color & 255, (color >> 8) & 255, (color >> 16) & 255], (color >>> 24) / 255];
}
