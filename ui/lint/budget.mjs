// What the built page may weigh; `npm run budget` after `npm run build`.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const ASSETS = join(DIST, "assets");

const start = startScripts();
const css = files(".css").filter((file) => basename(file).startsWith("index-"));
const screens = files(".js").filter((file) => file.includes("-screen-"));
const fonts = files(".woff2").filter((file) => !file.includes("vazirmatn") && !forFormulas(file));

const measured = [
  budget("start JS, raw", sum(start, size), 400_000),
  budget("start JS, gzip", sum(start, gzipped), 130_000),
  budget("CSS at the start, raw", sum(css, size), 50_000),
  budget("fonts at the start", sum(fonts, size), 80_000),
  ...screens.map((file) => budget(`chunk of ${name(file)}`, size(file), 130_000)),
  ...screens.map((file) =>
    budget(`all until ${name(file)}`, sum([...start, ...reachable(file, start)], size), 640_000),
  ),
];

for (const { label, value, limit } of measured) {
  console.log(`${value > limit ? "over " : "ok   "} ${String(value).padStart(7)} of ${limit}  ${label}`);
}
const foreign = readdirSync(ASSETS).filter((file) => /\.(woff|ttf|otf|map)$/.test(file));
for (const file of foreign) console.log(`over  not to be shipped: ${file}`);
if (foreign.length > 0 || measured.some(({ value, limit }) => value > limit)) process.exit(1);

/** The entry and everything it imports before it runs. */
function startScripts() {
  const html = readFileSync(join(DIST, "index.html"), "utf8");
  const entries = [...html.matchAll(/src="\.\/(assets\/[^"]+\.js)"/g)].map((match) => join(DIST, match[1]));
  return [...new Set(entries.flatMap((entry) => reachable(entry, [])))];
}

/** A script and its static imports, without those in `known`. */
function reachable(entry, known) {
  const found = new Set();
  const open = [entry];
  for (let file = open.pop(); file; file = open.pop()) {
    if (found.has(file) || known.includes(file)) continue;
    found.add(file);
    const text = readFileSync(file, "utf8");
    for (const match of text.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g))
      open.push(join(dirname(file), match[1]));
  }
  return [...found];
}

/** Fetched when there is a formula to set. */
function forFormulas(file) {
  return /^(?:KaTeX_|typesetting-)/.test(basename(file));
}

function files(extension) {
  return readdirSync(ASSETS)
    .filter((file) => file.endsWith(extension))
    .map((file) => join(ASSETS, file));
}

function budget(label, value, limit) {
  return { label, value, limit };
}

function sum(list, weigh) {
  return list.reduce((total, file) => total + weigh(file), 0);
}

function size(file) {
  return statSync(file).size;
}

function gzipped(file) {
  return gzipSync(readFileSync(file)).length;
}

function name(file) {
  return basename(file).replace(/-[\w-]{8}\.js$/, "");
}
