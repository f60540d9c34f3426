// Makes every size of the marks from the SVG files beside this script, with the
// Tauri tools: `npm run icons`.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const icons = dirname(fileURLToPath(import.meta.url));
const tauri = join(icons, "../node_modules/@tauri-apps/cli/tauri.js");

make("banyan.svg", [], ["icon.png", "icon.ico", "icon.icns", "128x128@2x.png"]);
makeSizes("banyan.svg", [16, 24, 32, 48, 64, 128, 512], (size) => `${size}x${size}.png`);
makeSizes("tray.svg", [24, 48], (size) => `tray-${size}.png`);
makeSizes("tray-attention.svg", [24, 48], (size) => `tray-attention-${size}.png`);

function makeSizes(source, sizes, nameOf) {
  const options = ["--png", sizes.join(",")];
  make(source, options, sizes.map((size) => `${size}x${size}.png`), sizes.map(nameOf));
}

function make(source, options, made, kept = made) {
  const output = mkdtempSync(join(tmpdir(), "icons-"));
  execFileSync(process.execPath, [tauri, "icon", join(icons, source), "--output", output, ...options]);
  made.forEach((name, index) => copyFileSync(join(output, name), join(icons, kept[index])));
  rmSync(output, { recursive: true });
}
