// The import law of the page, checked by `npm run lint`:
// app -> features -> data, components -> backend, i18n, routing; never
// upwards, never from one feature to another; one door to each transport.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../src", import.meta.url));

/** What each folder may import besides itself. */
const MAY_IMPORT = {
  backend: [],
  routing: [],
  i18n: [],
  components: ["i18n", "backend"],
  data: ["backend"],
  features: ["data", "components", "i18n", "routing", "backend"],
  app: ["features", "data", "components", "i18n", "routing", "backend"],
};

/** Files that may be imported from outside `backend/`: the contract, not the transports. */
const CONTRACT = new Set(["backend/api.gen", "backend/backend", "backend/call-error"]);

const problems = sourceFiles(SOURCE).flatMap(check);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

function check(file) {
  const from = relative(SOURCE, file).split(sep).join("/");
  // Tests and entries put everything together.
  if (/\.test\.tsx?$/.test(from) || from.startsWith("testing/") || !from.includes("/")) return [];
  const [folder, feature] = from.split("/");
  return imports(file).flatMap((specifier) => {
    if (specifier.startsWith("@tauri-apps/") && from !== "backend/tauri.ts") {
      return [`${from}: only backend/tauri.ts may import ${specifier}`];
    }
    const to = target(file, specifier);
    if (!to || to.endsWith(".css")) return [];
    const [toFolder, toFeature] = to.split("/");
    if (toFolder === "testing") return [`${from}: ${to} is for tests`];
    if (folder === toFolder) {
      const sideways = folder === "features" && feature !== toFeature;
      return sideways ? [`${from}: a feature may not import another (${to})`] : [];
    }
    if (!MAY_IMPORT[folder]?.includes(toFolder)) return [`${from}: ${folder} may not import ${to}`];
    if (toFolder === "backend" && !CONTRACT.has(to)) {
      return [`${from}: ${to} is a matter of the backend folder`];
    }
    return [];
  });
}

function imports(file) {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]);
}

/** The imported file below `src`, without its extension; `null` for packages. */
function target(file, specifier) {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (!specifier.startsWith(".")) return null;
  return relative(SOURCE, resolve(dirname(file), specifier))
    .split(sep)
    .join("/");
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".gen.ts") ? [path] : [];
  });
}
