/** What is shown: a mask of nodes and one of edges, from the reader's filters. */

import type { Graph } from "./graph.ts";
import { edgesOf } from "./graph.ts";

export interface Filters {
  /** Types and relations that are switched off. */
  readonly types: ReadonlySet<number>;
  readonly relations: ReadonlySet<number>;
  /** Node of a topic, -1 for all. */
  readonly topic: number;
  /** Least confidence in percent. */
  readonly confidence: number;
  /** Last day that is shown, an index; the last of all shows what is undated too. */
  readonly until: number;
}

export interface Shown {
  readonly nodes: Uint8Array;
  readonly edges: Uint8Array;
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Nodes by type that the other filters leave, whether or not the type is switched on. */
  readonly byType: Int32Array;
  readonly byRelation: Int32Array;
}

export function noFilters(graph: Graph): Filters {
  return { types: new Set(), relations: new Set(), topic: -1, confidence: 0, until: graph.days.length - 1 };
}

export function isFiltered(graph: Graph, filters: Filters): boolean {
  return (
    filters.types.size > 0 ||
    filters.relations.size > 0 ||
    filters.topic >= 0 ||
    filters.confidence > 0 ||
    filters.until < graph.days.length - 1
  );
}

export function apply(graph: Graph, filters: Filters): Shown {
  const whole = filters.until >= graph.days.length - 1;
  const narrowed = !whole || filters.relations.size > 0 || filters.topic >= 0 || filters.confidence > 0;
  const inTime = (day: number) => whole || (graph.days[day] !== "" && day <= filters.until);
  // Papers by themselves, then edges, then what edges hold on to.
  const kept = new Uint8Array(graph.count);
  const onTopic = filters.topic < 0 ? null : papersOf(graph, filters.topic);
  for (let i = 0; i < graph.count; i++) {
    if (graph.type[i] === graph.paperType) kept[i] = inTime(graph.first[i]) && (!onTopic || onTopic[i]) ? 1 : 0;
    else kept[i] = narrowed ? 0 : 1;
  }
  const supported = new Uint8Array(graph.edges);
  for (const entities of [false, true]) {
    for (let e = 0; e < graph.edges; e++) {
      const source = graph.source[e];
      if ((graph.type[source] !== graph.paperType) !== entities) continue;
      if (filters.relations.has(graph.relation[e]) || graph.confidence[e] < filters.confidence) continue;
      if (!inTime(graph.day[e]) || !kept[source] || (entities && !kept[graph.target[e]])) continue;
      supported[e] = 1;
      kept[graph.target[e]] = 1;
    }
  }
  return count(graph, filters, kept, supported);
}

function count(graph: Graph, filters: Filters, kept: Uint8Array, supported: Uint8Array): Shown {
  const byType = new Int32Array(graph.types.length);
  const byRelation = new Int32Array(graph.relations.length);
  const nodes = new Uint8Array(graph.count);
  const edges = new Uint8Array(graph.edges);
  let nodeCount = 0;
  let edgeCount = 0;
  for (let i = 0; i < graph.count; i++) {
    if (!kept[i]) continue;
    byType[graph.type[i]]++;
    if (filters.types.has(graph.type[i])) continue;
    nodes[i] = 1;
    nodeCount++;
  }
  for (let e = 0; e < graph.edges; e++) {
    if (!supported[e]) {
      // A relation that is off keeps its count, so that the legend says what switching it on would bring.
      if (filters.relations.has(graph.relation[e]) && kept[graph.source[e]]) byRelation[graph.relation[e]]++;
      continue;
    }
    byRelation[graph.relation[e]]++;
    if (!nodes[graph.source[e]] || !nodes[graph.target[e]]) continue;
    edges[e] = 1;
    edgeCount++;
  }
  return { nodes, edges, nodeCount, edgeCount, byType, byRelation };
}

function papersOf(graph: Graph, topic: number): Uint8Array {
  const found = new Uint8Array(graph.count);
  for (const e of edgesOf(graph, topic)) if (graph.relation[e] === graph.topicRelation) found[graph.source[e]] = 1;
  return found;
}
