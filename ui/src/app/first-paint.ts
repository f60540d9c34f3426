// Runs in the head before anything is painted, as a file of its own without
// imports (see first-paint-plugin.ts). It repeats what `look.ts` remembered of
// the last visit, so that no screen flashes in the wrong theme or direction.
const root = document.documentElement;

function remembered(): Record<string, string | number | undefined> {
  try {
    return JSON.parse(localStorage.getItem("banyan.look") ?? "{}") as Record<string, string | number>;
  } catch {
    return {};
  }
}

const look = remembered();
const theme = look["theme"] ?? "system";
const language = look["language"] ?? "system";
const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
const persian = language === "fa" || (language !== "en" && navigator.language.startsWith("fa"));

root.dataset["theme"] = dark ? "dark" : "light";
root.lang = persian ? "fa" : "en";
root.dir = persian ? "rtl" : "ltr";
if (typeof look["textSize"] === "number") root.style.fontSize = `${look["textSize"]}%`;

// Blurred layers are slow or missing in WebKit on Linux.
const agent = navigator.userAgent;
if (/AppleWebKit/.test(agent) && /Linux/.test(agent) && !/Chrome/.test(agent)) root.dataset["blur"] = "off";
