import assert from "node:assert/strict";
import test from "node:test";

import { between, fit, toScreen, toWorld, zoomAt } from "../src/camera.ts";
import { noFilters } from "../src/filter.ts";
import { short } from "../src/labels.ts";
import type { State } from "../src/state.ts";
import { fromHash, toHash } from "../src/state.ts";
import { sample } from "./graph.ts";

const graph = sample();
const initial: State = {
  selected: -1, filters: noFilters(graph), lang: "en", view: "graph", theme: "auto", camera: null,
};

test("a view survives its address", () => {
  const state: State = {
    selected: 2,
    filters: { types: new Set([1]), relations: new Set([0, 1]), topic: 3, confidence: 40, until: 1 },
    lang: "zh", view: "list", theme: "dark", camera: { x: -12, y: 40, scale: 1.5 },
  };
  assert.deepEqual(fromHash(graph, `#${toHash(graph, state, initial)}`, initial), state);
  assert.equal(toHash(graph, initial, initial), "");
});

test("an address of another graph leaves out what is not here", () => {
  assert.deepEqual(fromHash(graph, "#node=gone&topic=m&hide=Nothing&at=1,2,x&confidence=900", initial), initial);
});

test("zooming leaves the point under the pointer where it is", () => {
  const size = { width: 800, height: 600 };
  const camera = { x: 5, y: 7, scale: 1.2 };
  const point = toWorld(camera, size, 100, 90);
  const [x, y] = toScreen(zoomAt(camera, size, 100, 90, 3), size, ...point);
  assert.ok(Math.hypot(x - 100, y - 90) < 1e-9);
});

test("a flight begins and ends where it should", () => {
  const [from, to] = [{ x: 0, y: 0, scale: 1 }, fit({ left: 0, top: 0, right: 10, bottom: 10 }, { width: 100, height: 100 }, 0, 24)];
  assert.deepEqual(between(from, to, 0), from);
  assert.deepEqual(between(from, to, 1), to);
  assert.deepEqual(to, { x: 5, y: 5, scale: 10 });
});

test("labels are cut by their width and never inside a character", () => {
  assert.equal(short("扩散模型", 8), "扩散模型");
  assert.equal(short("扩散模型用于图像", 8), "扩散模型…");
  assert.equal(short("𝒞𝒞𝒞", 4), "𝒞𝒞…");
});
