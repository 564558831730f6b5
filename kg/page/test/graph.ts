import { load } from "../src/graph.ts";
import type { Graph } from "../src/graph.ts";

/** Two papers of different years, a method both use, a topic of the first. */
export function sample(): Graph {
  return load({
    about: { papers: 2, entities: 3, total: 5, focus: "", served: false, block: 500 },
    types: ["Paper", "Topic", "Method"],
    relations: ["USES", "HAS_TOPIC"],
    days: ["", "2022-01-01", "2023-05-02"],
    node: {
      id: ["p1", "p2", "m", "t", "alone"],
      type: [0, 0, 2, 1, 2],
      name: ["Denoising Diffusion", "Consistency Models", "diffusion model", "Generation", "ResNet-50"],
      en: ["", "", "", "", ""],
      zh: ["去噪扩散", "", "扩散模型", "", ""],
      aliases: [["2006.11239"], [], ["DM"], [], []],
      pinyin: ["qu zao kuo san", "", "kuo san mo xing", "", ""],
      papers: [0, 0, 2, 1, 0],
      first: [1, 2, 1, 1, 0],
      last: [1, 2, 2, 1, 0],
      x: [0, 10, 20, 30, 40],
      y: [0, 0, 0, 0, 0],
      radius: [3, 3, 6, 4, 3],
    },
    edge: { source: [0, 0, 1], target: [2, 3, 2], type: [0, 1, 0], confidence: [90, 100, 40], day: [1, 1, 2] },
  });
}
