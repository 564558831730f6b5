/** Elements of the page. All text goes in as text; links lead to http and https only. */

type Child = Node | string | null | undefined | false;

export interface Properties {
  readonly class?: string;
  readonly title?: string;
  readonly type?: string;
  readonly id?: string;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  /** Attributes by name; false and undefined leave one out. */
  readonly at?: Readonly<Record<string, string | number | boolean | undefined>>;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, properties: Properties = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (properties.class) made.className = properties.class;
  if (properties.title) made.title = properties.title;
  if (properties.id) made.id = properties.id;
  if (properties.type) made.setAttribute("type", properties.type);
  attributes(made, properties);
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

export function svg(tag: string, properties: Properties = {}, ...children: Child[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  attributes(made, properties);
  made.append(...children.filter((child): child is Node | string => Boolean(child)));
  return made;
}

function attributes(element: Element, { on = {}, at = {} }: Properties): void {
  for (const [name, value] of Object.entries(at)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
}

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as T;
}

export function link(address: string, text: string): HTMLElement | null {
  const href = safeUrl(address);
  if (!href) return null;
  return h("a", { at: { href, target: "_blank", rel: "noopener noreferrer" } }, text);
}

/** The address if it is one of http or https, else "". */
export function safeUrl(address: string): string {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : "";
  } catch {
    return "";
  }
}

/** An icon of 24 x 24 from path data. */
export function icon(path: string): SVGElement {
  const properties = { at: { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" } };
  return svg("svg", properties, svg("path", { at: { d: path } }));
}
