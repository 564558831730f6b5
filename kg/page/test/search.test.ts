import assert from "node:assert/strict";
import test from "node:test";

import { buildIndex, fold, pinyinKeys, search } from "../src/search.ts";
import { sample } from "./graph.ts";

const graph = sample();
const index = buildIndex(graph);
const names = (query: string) => search(graph, index, query, 10).map(({ node }) => graph.name[node]);

test("width, case, accents and hyphens do not matter", () => {
  assert.equal(fold("ＲｅｓＮｅｔ－50"), "resnet 50");
  assert.equal(fold("Fréchet"), "frechet");
  assert.deepEqual(names("resnet 50"), ["ResNet-50"]);
});

test("pinyin and its initials", () => {
  assert.deepEqual(pinyinKeys("clip mo xing"), ["clipmoxing", "cmx"]);
  assert.deepEqual(names("ksmx"), ["diffusion model"]);
  assert.deepEqual(names("kuosan"), ["diffusion model", "Denoising Diffusion"]);
});

test("what begins so, and what papers are about, comes first", () => {
  assert.deepEqual(names("diffusion"), ["diffusion model", "Denoising Diffusion"]);
  assert.deepEqual(names("dm"), ["diffusion model"]);
  assert.deepEqual(names("  "), []);
  assert.deepEqual(names("nothing of it"), []);
});
