/** Data that the page carries: base64 of deflated JSON in script elements that no browser runs. */

import type { Payload } from "./graph.ts";

export interface Evidence {
  readonly sentence: string;
  readonly start: number;
  readonly end: number;
  readonly section: string;
  readonly place: string;
}

export interface PaperDetails {
  readonly arxiv?: string;
  readonly doi?: string;
  readonly urls?: readonly string[];
  readonly code?: string;
  readonly venue?: string;
  readonly authors?: readonly string[];
  readonly rating?: string;
  readonly source?: readonly string[];
}

export interface EdgeDetails {
  readonly value?: string;
  readonly more?: number;
  readonly evidence: readonly Evidence[];
}

interface Block {
  readonly texts: readonly string[];
  readonly papers: Readonly<Record<string, PaperDetails>>;
  /** By number of the edge: value, evidence left out, then groups of text, start, end, section, place. */
  readonly edges: Readonly<Record<string, readonly [string, number, readonly number[]]>>;
}

export function payload(): Promise<Payload> {
  return island<Payload>("graph");
}

const blocks = new Map<number, Promise<Block>>();

function block(number: number): Promise<Block> {
  let found = blocks.get(number);
  if (!found) {
    found = island<Block>(`details-${number}`);
    blocks.set(number, found);
  }
  return found;
}

export async function paperDetails(node: number, size: number): Promise<PaperDetails> {
  return (await block(Math.floor(node / size))).papers[node] ?? {};
}

export async function edgeDetails(edge: number, source: number, size: number): Promise<EdgeDetails> {
  const { texts, edges } = await block(Math.floor(source / size));
  const [value, more, numbers] = edges[edge] ?? ["", 0, []];
  const evidence: Evidence[] = [];
  for (let i = 0; i + 4 < numbers.length; i += 5) {
    evidence.push({
      sentence: texts[numbers[i]],
      start: numbers[i + 1],
      end: numbers[i + 2],
      section: texts[numbers[i + 3]],
      place: texts[numbers[i + 4]],
    });
  }
  return { value, more, evidence };
}

async function island<T>(id: string): Promise<T> {
  const text = document.getElementById(id)?.textContent ?? "";
  const stream = new Blob([bytes(text.trim())]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text()) as T;
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const found = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) found[i] = binary.charCodeAt(i);
  return found;
}
