/** Colours: Okabe and Ito's for the types, which colour-blind eyes tell apart, and the inks of both themes. */

export type Rgb = readonly [number, number, number];

export interface Inks {
  readonly paper: Rgb;
  readonly ink: Rgb;
  readonly soft: Rgb;
  readonly edge: Rgb;
  readonly accent: Rgb;
  readonly dark: boolean;
}

const LIGHT: Inks = {
  paper: [250, 250, 248],
  ink: [28, 30, 36],
  soft: [108, 114, 128],
  edge: [120, 128, 148],
  accent: [20, 90, 200],
  dark: false,
};

const DARK: Inks = {
  paper: [17, 19, 24],
  ink: [236, 238, 243],
  soft: [150, 158, 174],
  edge: [128, 140, 168],
  accent: [120, 176, 255],
  dark: true,
};

const TYPES: Readonly<Record<string, readonly [Rgb, Rgb]>> = {
  Paper: [[165, 172, 186], [104, 112, 130]],
  Model: [[0, 114, 178], [66, 152, 220]],
  Method: [[86, 180, 233], [140, 208, 246]],
  Dataset: [[0, 158, 115], [38, 184, 142]],
  Task: [[213, 94, 0], [238, 128, 50]],
  Metric: [[204, 121, 167], [222, 150, 190]],
  Institution: [[230, 159, 0], [240, 182, 56]],
  Topic: [[92, 75, 160], [150, 134, 220]],
  Venue: [[165, 150, 10], [224, 214, 80]],
};
const OTHERS: readonly (readonly [Rgb, Rgb])[] = [
  [[136, 86, 60], [190, 140, 110]],
  [[70, 110, 110], [120, 170, 170]],
  [[150, 60, 90], [214, 120, 150]],
];

export function inks(dark: boolean): Inks {
  return dark ? DARK : LIGHT;
}

export function typeColors(types: readonly string[], dark: boolean): Rgb[] {
  let other = 0;
  return types.map((type) => (TYPES[type] ?? OTHERS[other++ % OTHERS.length])[dark ? 1 : 0]);
}

export function css([r, g, b]: Rgb, alpha = 1): string {
  return alpha >= 1 ? `rgb(${r} ${g} ${b})` : `rgb(${r} ${g} ${b} / ${Math.round(alpha * 1000) / 1000})`;
}

/** Four bytes as WebGL reads them on the little-endian machines that browsers run on. */
export function pack([r, g, b]: Rgb, alpha: number): number {
  return ((Math.round(alpha * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => Math.round(a[i] + (b[i] - a[i]) * share)) as unknown as Rgb;
}
