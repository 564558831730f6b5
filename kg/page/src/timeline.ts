/** The date slider: how the graph grew, with the papers of each month behind it; it plays. */

import { byId, h, icon } from "./dom.ts";
import type { Graph } from "./graph.ts";
import { byMonth, chart } from "./months.ts";
import { word } from "./words.ts";
import type { Lang } from "./words.ts";

const PLAYED_IN = 9000;
const PLAY = "M8 5l11 7-11 7z";
const PAUSE = "M8 5v14M16 5v14";

export class Timeline {
  readonly #graph: Graph;
  readonly #change: (until: number, settled: boolean) => void;
  readonly #first: number;
  #playing = 0;
  #lang: Lang = "en";
  #until = 0;

  constructor(graph: Graph, change: (until: number, settled: boolean) => void) {
    this.#graph = graph;
    this.#change = change;
    this.#first = graph.days[0] === "" ? 1 : 0;
  }

  /** Whether there is any time to move through. */
  get useful(): boolean {
    return this.#graph.days.length - this.#first > 1;
  }

  render(lang: Lang, until: number): void {
    const host = byId("timeline");
    host.hidden = !this.useful;
    if (host.hidden) return;
    this.#until = until;
    if (this.#lang !== lang || !host.firstChild) {
      this.#lang = lang;
      host.replaceChildren(...this.#parts());
    }
    byId<HTMLInputElement>("until").value = String(until);
    byId("until-day").textContent = this.#graph.days[until];
    byId("until").setAttribute("aria-valuetext", this.#graph.days[until]);
    this.#drawButton();
  }

  toggle(): void {
    if (this.#playing) this.stop();
    else this.#play();
  }

  stop(): void {
    cancelAnimationFrame(this.#playing);
    this.#playing = 0;
    this.#drawButton();
  }

  #parts(): Node[] {
    const { days } = this.#graph;
    const last = days.length - 1;
    const input = h("input", {
      id: "until",
      type: "range",
      at: { min: this.#first, max: last, step: 1, value: this.#until, "aria-label": word(this.#lang, "time") },
      on: {
        input: () => {
          this.stop();
          this.#change(Number(input.value), false);
        },
        change: () => this.#change(Number(input.value), true),
      },
    });
    const papers = Array.from(this.#graph.type.keys()).filter((i) => this.#graph.type[i] === this.#graph.paperType);
    const months = byMonth(papers.map((i) => days[this.#graph.first[i]]));
    return [
      h("button", { id: "play", type: "button", on: { click: () => this.toggle() } }),
      h("div", { class: "track" }, months && chart(months, word(this.#lang, "overTime"), 600, 26), input),
      h("output", { id: "until-day", at: { for: "until" } }),
    ];
  }

  #drawButton(): void {
    const play = document.getElementById("play");
    if (!play) return;
    const label = word(this.#lang, this.#playing ? "pause" : "play");
    play.title = label;
    play.setAttribute("aria-label", label);
    play.replaceChildren(icon(this.#playing ? PAUSE : PLAY));
  }

  /** Time passes evenly, whatever days have papers. */
  #play(): void {
    const { days } = this.#graph;
    const last = days.length - 1;
    const at = (i: number) => Date.parse(`${days[i]}-01-01`.slice(0, 10)) || 0;
    const [begin, end] = [at(this.#first), at(last)];
    const from = this.#until >= last ? begin : at(this.#until);
    let started = 0;
    let shown = -1;
    const step = (now: number) => {
      started ||= now - ((from - begin) / Math.max(1, end - begin)) * PLAYED_IN;
      const day = begin + Math.min(1, (now - started) / PLAYED_IN) * (end - begin);
      let until = Math.max(this.#first, shown);
      while (until < last && at(until + 1) <= day) until++;
      if (until !== shown) this.#change((shown = until), until === last);
      if (until < last) this.#playing = requestAnimationFrame(step);
      else this.stop();
    };
    this.#playing = requestAnimationFrame(step);
    this.#drawButton();
  }
}
