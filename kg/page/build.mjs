/** Builds template.html, the page without a graph: `npm run build`, or `make page` in the checkout. */

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";

const TARGET = ["chrome103", "firefox113", "safari16.4"];
const here = new URL("./", import.meta.url);
const path = (name) => new URL(name, here).pathname;

async function bundle(entry, options) {
  const made = await build({
    entryPoints: [path(entry)], bundle: true, write: false, charset: "utf8", legalComments: "none", ...options,
  });
  return made.outputFiles[0].text.trim();
}

async function page() {
  const script = await bundle("src/main.ts", { minify: true, format: "iife", target: TARGET });
  const style = await bundle("src/style.css", { minify: true });
  checked(script + style);
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    "default-src 'none'", `script-src ${hash(script)}`, `style-src ${hash(style)}`, "connect-src {{connect}}",
    "img-src data: blob:", "base-uri 'none'", "form-action 'none'",
  ].join("; ");
  const template = await readFile(path("src/page.html"), "utf8");
  const parts = { policy, style, script, source: await sourceDigest() };
  // Functions, because a "$" in a replacement text would be read as a pattern.
  return template.replace(/\{\{(policy|style|script|source)\}\}/g, (_, name) => parts[name]);
}

/** Says from which source the template was built, so that a test without Node notices one that is out of date. */
async function sourceDigest() {
  const digest = createHash("sha256");
  for (const name of (await readdir(path("src"))).sort()) {
    digest.update(`${name}\0`).update(await readFile(path(`src/${name}`)));
  }
  return digest.digest("hex").slice(0, 16);
}

/** The text of an inline script ends at the first "</script", and a comment may open with "<!--". */
function checked(text) {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error("the bundle would end its own element");
  return text;
}

async function tests() {
  const names = (await readdir(path("test"))).filter((name) => name.endsWith(".test.ts"));
  await build({
    entryPoints: names.map((name) => path(`test/${name}`)), bundle: true, outdir: path(".test"), platform: "node",
    format: "esm", outExtension: { ".js": ".test.mjs" }, entryNames: "[name]",
  });
}

if (process.argv.includes("--test")) await tests();
else {
  await writeFile(path("template.html"), await page());
  const script = await bundle("src/site.ts", { minify: true, format: "iife", target: TARGET });
  await writeFile(path("site/site.js"), `${checked(script)}\n`);
}
