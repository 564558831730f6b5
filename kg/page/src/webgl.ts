/** The WebGL painter: two instanced draw calls a frame, one for all lines and one for all discs. */

import type { Camera, Size } from "./camera.ts";
import { sizeFactor } from "./camera.ts";
import type { Rgb } from "./palette.ts";
import type { Scene } from "./scene.ts";
import { DISC, FADE, LINE, lineAlpha } from "./scene.ts";

export interface Painter {
  /** Take over a new scene. */
  load(scene: Scene): void;
  /** Draw it, with at most so many of the faint lines (and, while it moves, small discs). */
  paint(camera: Camera, size: Size, ratio: number, most: number, still: boolean): void;
  /** How many faint lines it can draw in that time. */
  affordable(milliseconds: number): number;
  readonly kind: "webgl" | "canvas";
}

/** Milliseconds that the lines of a picture at rest may take, and the number that is drawn however long it takes. */
export const STILL = 500;
const ALWAYS = 12_000;
const PROBE = 2000;

const COMMON = `#version 300 es
precision highp float;
uniform vec2 view; uniform vec2 middle; uniform float scale; uniform float ratio;
in vec2 corner;
vec2 pixel(vec2 world) { return (world - middle) * scale; }
vec4 clip(vec2 at) { return vec4(at / (view * 0.5) * vec2(1.0, -1.0), 0.0, 1.0); }
`;

const DISC_VERTEX = `${COMMON}
uniform float factor; uniform vec3 paper;
in vec3 disc; in vec4 color;
out vec2 place; out vec4 tint; out float radius;
void main() {
  radius = max(disc.z * factor, 0.9) * ratio;
  place = corner * (radius + 1.5 * ratio);
  tint = color;
  gl_Position = clip(pixel(disc.xy) + place);
}`;

// A thin rim in the colour of the paper keeps discs that touch apart.
const DISC_FRAGMENT = `#version 300 es
precision highp float;
uniform float ratio; uniform vec3 paper;
in vec2 place; in vec4 tint; in float radius;
out vec4 result;
void main() {
  float far = length(place);
  float rim = radius > 3.0 * ratio ? ratio : 0.0;
  float outer = 1.0 - smoothstep(radius + rim - 0.6, radius + rim + 0.6, far);
  float inner = 1.0 - smoothstep(radius - 0.6, radius + 0.6, far);
  float alpha = outer * tint.a;
  if (alpha <= 0.0) discard;
  result = vec4(mix(paper, tint.rgb, rim > 0.0 ? inner : 1.0) * alpha, alpha);
}`;

const LINE_VERTEX = `${COMMON}
uniform float width; uniform float alpha; uniform float fade;
in vec4 line; in vec4 color;
out float side; out vec4 tint;
void main() {
  vec2 a = pixel(line.xy); vec2 b = pixel(line.zw);
  vec2 along = b - a;
  float length_ = max(length(along), 0.0001);
  float half_ = width * 0.5 + 0.7;
  vec2 normal = vec2(-along.y, along.x) / length_ * half_;
  side = corner.y * half_;
  tint = color * vec4(1.0, 1.0, 1.0, alpha * (fade + (1.0 - fade) / (1.0 + length_ / (160.0 * ratio))));
  gl_Position = clip(mix(a, b, corner.x * 0.5 + 0.5) + normal * corner.y);
}`;

const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform float width;
in float side; in vec4 tint;
out vec4 result;
void main() {
  float alpha = tint.a * (1.0 - smoothstep(width * 0.5 - 0.5, width * 0.5 + 0.7, abs(side)));
  result = vec4(tint.rgb * alpha, alpha);
}`;

/** A painter on this canvas, or null where the browser has no WebGL 2. */
export function webglPainter(canvas: HTMLCanvasElement): Painter | null {
  const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, preserveDrawingBuffer: false });
  if (!gl) return null;
  const discProgram = program(gl, DISC_VERTEX, DISC_FRAGMENT);
  const lineProgram = program(gl, LINE_VERTEX, LINE_FRAGMENT);
  if (!discProgram || !lineProgram) return null;
  const corners = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const discBuffer = gl.createBuffer();
  const lineBuffer = gl.createBuffer();
  const discs = vertices(gl, discProgram, corners, discBuffer, [["disc", 3]], DISC);
  const lines = vertices(gl, lineProgram, corners, lineBuffer, [["line", 4]], LINE);
  const strong = gl.createVertexArray();
  const large = gl.createVertexArray();
  const crossingBuffer = gl.createBuffer();
  const crossingLines = vertices(gl, lineProgram, corners, crossingBuffer, [["line", 4]], LINE);
  let scene: Scene | null = null;
  let rate = 0;
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);

  function load(next: Scene): void {
    scene = next;
    gl!.bindBuffer(gl!.ARRAY_BUFFER, discBuffer);
    gl!.bufferData(gl!.ARRAY_BUFFER, next.discs, gl!.DYNAMIC_DRAW);
    gl!.bindBuffer(gl!.ARRAY_BUFFER, lineBuffer);
    gl!.bufferData(gl!.ARRAY_BUFFER, next.lines, gl!.DYNAMIC_DRAW);
    const first = (next.lineCount - next.strongLines) * LINE * 4;
    pointTo(gl!, lineProgram!, strong, corners, lineBuffer, [["line", 4]], LINE, first);
    pointTo(gl!, discProgram!, large, corners, discBuffer, [["disc", 3]], DISC, next.smallDiscs * DISC * 4);
  }

  /** Draw some lines, twice, since the first time shaders are made ready; reading a pixel waits for the picture. */
  function measure(count: number): void {
    const pixel = new Uint8Array(4);
    const wait = () => gl!.readPixels(0, 0, 1, 1, gl!.RGBA, gl!.UNSIGNED_BYTE, pixel);
    drawInstances(gl!, lines, 1);
    wait();
    const start = performance.now();
    drawInstances(gl!, lines, count);
    wait();
    rate = count / Math.max(0.05, performance.now() - start);
  }

  /** Put the lines that cross the view, or a fair sample of them, into a buffer of their own. */
  function gather(now: Scene, camera: Camera, size: Size, most: number): number {
    const found = crossing(now, camera, size, most);
    gl!.bindBuffer(gl!.ARRAY_BUFFER, crossingBuffer);
    gl!.bufferData(gl!.ARRAY_BUFFER, found, gl!.STREAM_DRAW);
    return found.length / LINE;
  }

  function paint(camera: Camera, size: Size, ratio: number, most: number, still: boolean): void {
    if (!scene) return;
    const context = gl!;
    context.viewport(0, 0, canvas.width, canvas.height);
    const paper = scene.inks.paper.map((c) => c / 255) as unknown as Rgb;
    context.clearColor(...paper, 1);
    context.clear(context.COLOR_BUFFER_BIT);
    const view = { size, camera, ratio };
    const faint = scene.lineCount - scene.strongLines;
    if (faint || scene.strongLines) {
      common(context, lineProgram!, view);
      uniform(context, lineProgram!, "width", ratio);
      uniform(context, lineProgram!, "fade", FADE);
      if (!rate && faint) {
        measure(Math.min(faint, PROBE));
        context.clear(context.COLOR_BUFFER_BIT);
        if (still) most = affordable(STILL);
      }
      uniform(context, lineProgram!, "alpha", lineAlpha(Math.min(faint, affordable(STILL)), camera));
      if (still && faint > most) drawInstances(context, crossingLines, gather(scene, camera, size, most));
      else drawInstances(context, lines, Math.min(most, faint));
      uniform(context, lineProgram!, "alpha", 0.8);
      uniform(context, lineProgram!, "fade", 1);
      uniform(context, lineProgram!, "width", 1.4 * ratio);
      drawInstances(context, strong, scene.strongLines);
    }
    common(context, discProgram!, view);
    uniform(context, discProgram!, "factor", sizeFactor(camera.scale));
    context.uniform3f(context.getUniformLocation(discProgram!, "paper"), ...paper);
    drawInstances(context, discs, still ? scene.smallDiscs : Math.min(scene.smallDiscs, most));
    drawInstances(context, large, scene.discCount - scene.smallDiscs);
  }

  function affordable(milliseconds: number): number {
    const count = rate ? Math.round(rate * milliseconds) : Infinity;
    return milliseconds >= STILL ? Math.max(ALWAYS, count) : count;
  }

  return { load, paint, affordable, kind: "webgl" };
}

/** The faint lines that cross the view; where there are too many, every so many of them. */
export function crossing(scene: Scene, camera: Camera, size: Size, most: number): Float32Array<ArrayBuffer> {
  const { lines } = scene;
  const [halfWidth, halfHeight] = [size.width / 2 / camera.scale, size.height / 2 / camera.scale];
  const [left, right] = [camera.x - halfWidth, camera.x + halfWidth];
  const [top, bottom] = [camera.y - halfHeight, camera.y + halfHeight];
  const found: number[] = [];
  for (let at = 0; at < (scene.lineCount - scene.strongLines) * LINE && found.length < most; at += LINE) {
    if (lines[at] < left && lines[at + 2] < left) continue;
    if (lines[at] > right && lines[at + 2] > right) continue;
    if (lines[at + 1] < top && lines[at + 3] < top) continue;
    if (lines[at + 1] > bottom && lines[at + 3] > bottom) continue;
    found.push(at);
  }
  // Copied as integers: a colour read as a float could be changed on the way.
  const from = new Uint32Array(lines.buffer);
  const copy = new Uint32Array(found.length * LINE);
  found.forEach((at, i) => copy.set(from.subarray(at, at + LINE), i * LINE));
  return new Float32Array(copy.buffer);
}

interface View {
  readonly size: Size;
  readonly camera: Camera;
  readonly ratio: number;
}

type Field = readonly [name: string, size: number];

function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram | null {
  const made = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  return gl.getProgramParameter(made, gl.LINK_STATUS) ? made : null;
}

function vertices(
  gl: WebGL2RenderingContext, of: WebGLProgram, corners: WebGLBuffer, buffer: WebGLBuffer,
  fields: readonly Field[], floats: number,
): WebGLVertexArrayObject {
  const made = gl.createVertexArray();
  pointTo(gl, of, made, corners, buffer, fields, floats, 0);
  return made;
}

/** Let a vertex array read instances of some floats and a colour from a buffer. */
function pointTo(
  gl: WebGL2RenderingContext, of: WebGLProgram, array: WebGLVertexArrayObject, corners: WebGLBuffer,
  buffer: WebGLBuffer, fields: readonly Field[], floats: number, first: number,
): void {
  gl.bindVertexArray(array);
  const attribute = (name: string, size: number, kind: number, normal: boolean, at: number, every: number) => {
    const place = gl.getAttribLocation(of, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, normal, every ? floats * 4 : 0, at);
    gl.vertexAttribDivisor(place, every);
  };
  gl.bindBuffer(gl.ARRAY_BUFFER, corners);
  attribute("corner", 2, gl.FLOAT, false, 0, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  for (const [name, size] of fields) attribute(name, size, gl.FLOAT, false, first, 1);
  attribute("color", 4, gl.UNSIGNED_BYTE, true, first + (floats - 1) * 4, 1);
  gl.bindVertexArray(null);
}

function common(gl: WebGL2RenderingContext, of: WebGLProgram, { size, camera, ratio }: View): void {
  gl.useProgram(of);
  gl.uniform2f(gl.getUniformLocation(of, "view"), size.width * ratio, size.height * ratio);
  gl.uniform2f(gl.getUniformLocation(of, "middle"), camera.x, camera.y);
  uniform(gl, of, "scale", camera.scale * ratio);
  uniform(gl, of, "ratio", ratio);
}

function uniform(gl: WebGL2RenderingContext, of: WebGLProgram, name: string, value: number): void {
  gl.uniform1f(gl.getUniformLocation(of, name), value);
}

function drawInstances(gl: WebGL2RenderingContext, array: WebGLVertexArrayObject, count: number): void {
  if (!count) return;
  gl.bindVertexArray(array);
  gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
  gl.bindVertexArray(null);
}
