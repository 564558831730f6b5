import assert from "node:assert/strict";
import test from "node:test";

import type { Filters } from "../src/filter.ts";
import { apply, isFiltered, noFilters } from "../src/filter.ts";
import { sample } from "./graph.ts";

const graph = sample();
const shown = (change: Partial<Filters>) => {
  const { nodes } = apply(graph, { ...noFilters(graph), ...change });
  return graph.id.filter((_, i) => nodes[i]);
};

test("without filters everything is shown, linked or not, dated or not", () => {
  assert.deepEqual(shown({}), ["p1", "p2", "m", "t", "alone"]);
  assert.equal(isFiltered(graph, noFilters(graph)), false);
});

test("each filter takes away what hangs on what it takes", () => {
  assert.deepEqual(shown({ until: 1 }), ["p1", "m", "t"]);
  assert.deepEqual(shown({ topic: 3 }), ["p1", "m", "t"]);
  assert.deepEqual(shown({ confidence: 95 }), ["p1", "p2", "t"]);
  assert.deepEqual(shown({ relations: new Set([0]) }), ["p1", "p2", "t"]);
  assert.deepEqual(shown({ types: new Set([0]) }), ["m", "t", "alone"]);
});

test("the legend counts what switching a type on would bring", () => {
  const found = apply(graph, { ...noFilters(graph), types: new Set([2]), relations: new Set([1]) });
  assert.deepEqual([...found.byType], [2, 0, 1]);
  assert.deepEqual([...found.byRelation], [2, 1]);
  assert.equal(found.edgeCount, 0);
});
