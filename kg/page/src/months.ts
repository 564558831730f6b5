/** Counts by month, and the small charts of them. */

import { svg } from "./dom.ts";

export interface Months {
  readonly first: string;
  readonly counts: readonly number[];
}

/** Days as ISO text, of any exactness; those without a month are left out. */
export function byMonth(days: Iterable<string>): Months | null {
  const found = new Map<number, number>();
  for (const day of days) {
    const [year, month] = day.split("-").map(Number);
    if (!year || !month) continue;
    const at = year * 12 + month - 1;
    found.set(at, (found.get(at) ?? 0) + 1);
  }
  if (!found.size) return null;
  const first = Math.min(...found.keys());
  const last = Math.max(...found.keys());
  return { first: monthName(first), counts: Array.from({ length: last - first + 1 }, (_, i) => found.get(first + i) ?? 0) };
}

export function monthName(at: number): string {
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
}

export function monthAfter(first: string, steps: number): string {
  const [year, month] = first.split("-").map(Number);
  return monthName(year * 12 + month - 1 + steps);
}

/** Bars, one a month, with the counts for screen readers and under the pointer. */
export function chart(months: Months, label: string, width: number, height: number): SVGElement {
  const most = Math.max(...months.counts);
  const step = width / months.counts.length;
  const gap = step > 4 ? 1 : 0;
  const bars = months.counts.map((count, i) => {
    const tall = count ? Math.max(2, (count / most) * height) : 0;
    const at = { x: i * step, y: height - tall, width: Math.max(0.5, Math.min(step - gap, 18)), height: tall, rx: 1 };
    return svg("rect", { at }, svg("title", {}, `${monthAfter(months.first, i)}: ${count}`));
  });
  const described = months.counts.flatMap((n, i) => (n ? [`${monthAfter(months.first, i)}: ${n}`] : [])).slice(0, 60);
  const at = { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", preserveAspectRatio: "none" };
  return svg("svg", { at: { ...at, "aria-label": `${label}. ${described.join(", ")}` } }, ...bars);
}
