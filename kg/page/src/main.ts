/** The page: one state, from which everything on it is drawn. */

import { App } from "./app.ts";
import { byId } from "./dom.ts";
import { load } from "./graph.ts";
import { payload } from "./island.ts";
import { word } from "./words.ts";
import type { Lang } from "./words.ts";

function readersLanguage(): Lang {
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const lang = readersLanguage();
byId("loading").textContent = word(lang, "loading");
if (typeof DecompressionStream === "undefined") byId("loading").textContent = word(lang, "old");
else {
  void payload().then((found) => {
    byId("loading").remove();
    new App(load(found), lang);
    document.body.dataset.ready = "true";
  });
}
