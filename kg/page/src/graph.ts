/** The graph as the page holds it: columns of equal length, edges sorted by source, neighbours by offset. */

export interface Payload {
  readonly about: About;
  readonly types: readonly string[];
  readonly relations: readonly string[];
  /** All days that occur, ascending; "" stands first where something is undated. */
  readonly days: readonly string[];
  readonly node: {
    readonly id: readonly string[];
    readonly type: readonly number[];
    readonly name: readonly string[];
    readonly en: readonly string[];
    readonly zh: readonly string[];
    readonly aliases: readonly (readonly string[])[];
    readonly pinyin: readonly string[];
    readonly papers: readonly number[];
    readonly first: readonly number[];
    readonly last: readonly number[];
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly radius: readonly number[];
  };
  readonly edge: {
    readonly source: readonly number[];
    readonly target: readonly number[];
    readonly type: readonly number[];
    readonly confidence: readonly number[];
    readonly day: readonly number[];
  };
}

export interface About {
  readonly papers: number;
  readonly entities: number;
  readonly total: number;
  /** Name of the node around which the graph was cut out, "" for none. */
  readonly focus: string;
  readonly served: boolean;
  /** Nodes, and so the edges from them, a block of details holds. */
  readonly block: number;
}

export interface Graph {
  readonly about: About;
  readonly types: readonly string[];
  readonly relations: readonly string[];
  readonly days: readonly string[];
  readonly count: number;
  readonly id: readonly string[];
  readonly name: readonly string[];
  readonly en: readonly string[];
  readonly zh: readonly string[];
  readonly aliases: readonly (readonly string[])[];
  readonly pinyin: readonly string[];
  readonly type: Uint8Array;
  readonly papers: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly radius: Float32Array;
  readonly edges: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly relation: Uint8Array;
  readonly confidence: Uint8Array;
  readonly day: Int32Array;
  /** Edges of node i stand in `incident` from `offset[i]` to `offset[i + 1]`. */
  readonly offset: Int32Array;
  readonly incident: Int32Array;
  readonly paperType: number;
  readonly topicType: number;
  readonly topicRelation: number;
  readonly indexOf: ReadonlyMap<string, number>;
}

export function load(payload: Payload): Graph {
  const { node, edge } = payload;
  const count = node.id.length;
  const source = Int32Array.from(edge.source);
  const target = Int32Array.from(edge.target);
  const offset = new Int32Array(count + 1);
  for (let e = 0; e < source.length; e++) {
    offset[source[e] + 1]++;
    if (source[e] !== target[e]) offset[target[e] + 1]++;
  }
  for (let i = 0; i < count; i++) offset[i + 1] += offset[i];
  const incident = new Int32Array(offset[count]);
  const next = offset.slice();
  for (let e = 0; e < source.length; e++) {
    incident[next[source[e]]++] = e;
    if (source[e] !== target[e]) incident[next[target[e]]++] = e;
  }
  return {
    about: payload.about,
    types: payload.types,
    relations: payload.relations,
    days: payload.days,
    count,
    id: node.id,
    name: node.name,
    en: node.en,
    zh: node.zh,
    aliases: node.aliases,
    pinyin: node.pinyin,
    type: Uint8Array.from(node.type),
    papers: Int32Array.from(node.papers),
    first: Int32Array.from(node.first),
    last: Int32Array.from(node.last),
    x: Float32Array.from(node.x),
    y: Float32Array.from(node.y),
    radius: Float32Array.from(node.radius),
    edges: source.length,
    source,
    target,
    relation: Uint8Array.from(edge.type),
    confidence: Uint8Array.from(edge.confidence),
    day: Int32Array.from(edge.day),
    offset,
    incident,
    paperType: payload.types.indexOf("Paper"),
    topicType: payload.types.indexOf("Topic"),
    topicRelation: payload.relations.indexOf("HAS_TOPIC"),
    indexOf: new Map(node.id.map((id, i) => [id, i])),
  };
}

export function edgesOf(graph: Graph, node: number): Int32Array {
  return graph.incident.subarray(graph.offset[node], graph.offset[node + 1]);
}

export function otherEnd(graph: Graph, edge: number, node: number): number {
  return graph.source[edge] === node ? graph.target[edge] : graph.source[edge];
}
