/** The bar at the top: title, switches, menus. */

import type { App, Format } from "./app.ts";
import { byId, h, icon } from "./dom.ts";
import { KEYS } from "./keys.ts";
import type { State } from "./state.ts";
import { word } from "./words.ts";
import type { Lang, Word } from "./words.ts";

const ICONS: Readonly<Record<string, string>> = {
  "toggle-sidebar": "M4 6h16M7 12h10M10 18h4",
  "view-graph": "M6 7a2 2 0 1 0 .1 0M18 9a2 2 0 1 0 .1 0M10 17a2 2 0 1 0 .1 0M7.6 8.6l8.5 2M7 11l2.4 6M16.7 12.4l-5 5.5",
  "view-list": "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  "zoom-in": "M12 5v14M5 12h14",
  "zoom-out": "M5 12h14",
  "save-icon": "M12 4v11M7 11l5 5 5-5M5 20h14",
  "help-icon": "M9 9a3 3 0 1 1 4 2.8c-.8.3-1 1-1 1.7M12 17h.1",
};
const FORMATS: readonly (readonly [Format, Word])[] = [
  ["png", "savePng"], ["svg", "saveSvg"], ["graphml", "saveGraphml"], ["csv", "saveCsv"],
];

export function bindMenus(app: App): void {
  for (const [id, path] of Object.entries(ICONS)) byId(id).prepend(icon(path));
  const click = (id: string, does: () => void) => byId(id).addEventListener("click", does);
  click("toggle-sidebar", () => app.toggleSidebar());
  click("view-graph", () => app.switchView("graph"));
  click("view-list", () => app.switchView("list"));
  click("lang", () => app.switchLanguage());
  click("theme", () => app.switchTheme());
  click("fit", () => app.seeAll());
  click("zoom-in", () => app.zoom(1.6));
  click("zoom-out", () => app.zoom(1 / 1.6));
  const menu = byId<HTMLDetailsElement>("save-menu");
  const item = (id: string, does: () => Promise<void>) =>
    h("button", { id, type: "button", on: { click: () => void does().finally(() => (menu.open = false)) } });
  byId("save-items").append(
    ...FORMATS.map(([format]) => item(`save-${format}`, () => app.save(format))),
    item("copy-link", () => app.copyLink()),
  );
  document.addEventListener("pointerdown", (event) => {
    for (const open of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
      if (!open.contains(event.target as Node)) open.open = false;
    }
  });
}

let drawnIn: Lang | "" = "";

export function renderBar(state: State, title: string): void {
  const { lang } = state;
  byId("title").textContent = title;
  byId("view-graph").setAttribute("aria-pressed", String(state.view === "graph"));
  byId("view-list").setAttribute("aria-pressed", String(state.view === "list"));
  byId("toggle-sidebar").setAttribute("aria-expanded", String(!document.body.classList.contains("sidebar-closed")));
  if (drawnIn === lang) return;
  drawnIn = lang;
  const named = (id: string, key: Word) => {
    byId(id).title = word(lang, key);
    byId(id).setAttribute("aria-label", word(lang, key));
  };
  named("toggle-sidebar", "filters");
  named("view-graph", "graphView");
  named("view-list", "listView");
  named("theme", "theme");
  named("fit", "fit");
  named("zoom-in", "zoomIn");
  named("zoom-out", "zoomOut");
  named("save-icon", "save");
  named("help-icon", "help");
  byId("heading").textContent = word(lang, "heading");
  byId("lang").textContent = word(lang, "language");
  byId("lang").title = word(lang, "languageHint");
  byId("sidebar").setAttribute("aria-label", word(lang, "filters"));
  for (const [format, key] of FORMATS) byId(`save-${format}`).textContent = word(lang, key);
  byId("copy-link").textContent = word(lang, "copyLink");
  const keys = KEYS.flatMap(([name, key]) => [h("dt", {}, h("kbd", {}, name)), h("dd", {}, word(lang, key))]);
  byId("help-items").replaceChildren(h("h3", {}, word(lang, "help")), h("dl", {}, ...keys));
}
