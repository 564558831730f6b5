/** Where one looks: the middle of the view in the graph's units, and pixels a unit. */

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const LEAST = 0.01;
export const MOST = 24;

export function clampScale(scale: number): number {
  return Math.min(MOST, Math.max(LEAST, scale));
}

export function toScreen(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - camera.x) * camera.scale + size.width / 2, (y - camera.y) * camera.scale + size.height / 2];
}

export function toWorld(camera: Camera, size: Size, x: number, y: number): [number, number] {
  return [(x - size.width / 2) / camera.scale + camera.x, (y - size.height / 2) / camera.scale + camera.y];
}

/** Zoom so that the point of the screen stays where it is. */
export function zoomAt(camera: Camera, size: Size, x: number, y: number, factor: number): Camera {
  const scale = clampScale(camera.scale * factor);
  const [worldX, worldY] = toWorld(camera, size, x, y);
  return {
    x: worldX - (x - size.width / 2) / scale,
    y: worldY - (y - size.height / 2) / scale,
    scale,
  };
}

export function fit(box: Box, size: Size, margin: number, most: number): Camera {
  const width = Math.max(box.right - box.left, 1);
  const height = Math.max(box.bottom - box.top, 1);
  const scale = Math.min((size.width - 2 * margin) / width, (size.height - 2 * margin) / height, most);
  return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, scale: clampScale(scale) };
}

/** A disc's radius in pixels: it grows with the zoom, but less than the distances do. */
export function sizeFactor(scale: number): number {
  return scale < 1 ? scale ** 0.72 : scale ** 0.5;
}

/** Where a flight stands after the share `t` of its time: zooms are even to the eye when they are geometric. */
export function between(from: Camera, to: Camera, t: number): Camera {
  const eased = t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2;
  return {
    x: from.x + (to.x - from.x) * eased,
    y: from.y + (to.y - from.y) * eased,
    scale: from.scale * (to.scale / from.scale) ** eased,
  };
}
