/** Search as you type: names, aliases, pinyin and its initials, ranked. */

import type { Graph } from "./graph.ts";

/** All keys of all nodes in one string, so that one indexOf looks through everything. */
export interface Index {
  readonly hay: string;
  /** Where the keys of node i begin. */
  readonly begin: Int32Array;
}

export interface Hit {
  readonly node: number;
  readonly score: number;
}

const BREAK = "\n";
const MOST = 20_000;

/** Fold width, case, accents and hyphens, so that "ＭＳ-COCO" and "ms coco" are one. */
export function fold(text: string): string {
  const plain = /^[\x00-\x7f]*$/.test(text) ? text : text.normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.toLowerCase().replace(/[\s_\-‐‑–—]+/g, " ").trim();
}

/** "kuo san mo xing" gives "kuosanmoxing" and "ksmx"; letters of Latin words stand in both. */
export function pinyinKeys(pinyin: string): string[] {
  if (!pinyin) return [];
  const syllables = pinyin.split(" ");
  if (syllables.length === 1) return [pinyin];
  return [syllables.join(""), syllables.map((s) => s[0]).join("")];
}

/** The columns that a search looks at. */
export type Searchable = Pick<
  Graph, "count" | "name" | "en" | "zh" | "aliases" | "pinyin" | "type" | "papers" | "paperType"
>;

export function buildIndex(graph: Searchable): Index {
  const parts: string[] = [];
  const begin = new Int32Array(graph.count + 1);
  let length = 0;
  for (let i = 0; i < graph.count; i++) {
    begin[i] = length;
    const keys = new Set<string>();
    for (const name of [graph.name[i], graph.en[i], graph.zh[i], ...graph.aliases[i]]) if (name) keys.add(fold(name));
    for (const key of pinyinKeys(graph.pinyin[i])) keys.add(key);
    const text = BREAK + [...keys].join(BREAK) + BREAK;
    parts.push(text);
    length += text.length;
  }
  begin[graph.count] = length;
  return { hay: parts.join(""), begin };
}

/** The best nodes for a query, best first: whole names, then beginnings, beginnings of words, anything else. */
export function search(graph: Searchable, index: Index, query: string, limit: number): Hit[] {
  const needle = fold(query);
  if (!needle) return [];
  const { hay, begin } = index;
  const best = new Map<number, number>();
  let node = 0;
  let seen = 0;
  for (let at = hay.indexOf(needle); at >= 0 && seen < MOST; at = hay.indexOf(needle, at + 1), seen++) {
    if (at >= begin[node + 1]) node = nodeAt(begin, at, node);
    const before = hay[at - 1];
    const after = hay[at + needle.length];
    let rank = 1;
    if (before === BREAK) rank = after === BREAK ? 4 : 3;
    else if (before === " " || before === "(" || before === ":") rank = 2;
    // Within a rank, what more papers know comes first; papers come after what they are about.
    const weight = graph.type[node] === graph.paperType ? 0 : 0.2 + 0.7 * (1 - 1 / (1 + graph.papers[node]));
    const score = rank + weight;
    if (score > (best.get(node) ?? 0)) best.set(node, score);
  }
  const hits = Array.from(best, ([found, score]) => ({ node: found, score }));
  hits.sort((a, b) => b.score - a.score || graph.papers[b.node] - graph.papers[a.node] || a.node - b.node);
  return hits.slice(0, limit);
}

function nodeAt(begin: Int32Array, at: number, from: number): number {
  let low = from;
  let high = begin.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (begin[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
