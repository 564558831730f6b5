/** What the keyboard does. */

import type { App } from "./app.ts";
import type { Stage } from "./stage.ts";
import type { Word } from "./words.ts";

export const KEYS: readonly (readonly [string, Word])[] = [
  ["/", "keySearch"], ["Esc", "keyEsc"], ["← ↑ ↓ →", "keyMove"], ["+ −", "keyZoom"], ["n N", "keyNext"],
  ["l", "keyList"], ["z", "keyLang"], ["d", "keyDark"], ["p", "keyPlay"],
];
const STEP = 90;

export function listenToKeys(app: App, stage: Stage): void {
  const anywhere: Readonly<Record<string, () => void>> = {
    "/": () => app.focusSearch(),
    Escape: () => app.escape(),
    l: () => app.switchView(),
    z: () => app.switchLanguage(),
    d: () => app.switchTheme(),
    p: () => app.play(),
    n: () => app.neighbour(1),
    N: () => app.neighbour(-1),
    "+": () => stage.zoom(1.5),
    "=": () => stage.zoom(1.5),
    "-": () => stage.zoom(1 / 1.5),
    "0": () => app.seeAll(),
  };
  const onGraph: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => stage.pan(-STEP, 0),
    ArrowRight: () => stage.pan(STEP, 0),
    ArrowUp: () => stage.pan(0, -STEP),
    ArrowDown: () => stage.pan(0, STEP),
    Enter: () => app.walk(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target as HTMLElement;
    const typing = target.matches("input:not([type=range]), select, textarea");
    if (typing && event.key !== "Escape") return;
    const onStage = target === stage.element || target === document.body;
    const does = anywhere[event.key] ?? (onStage ? onGraph[event.key] : undefined);
    if (!does) return;
    event.preventDefault();
    does();
  });
}
