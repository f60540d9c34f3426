export interface Link {
  href: string;
  /** Where it leads, when its words say something else. */
  leadsTo: string | null;
}

const SCHEMES = new Set(["https:", "http:", "mailto:"]);

/** A link of a text as it may be followed; `null` where it may not. */
export function linkOf(href: string, words: string): Link | null {
  const url = parsed(href);
  if (!url || !SCHEMES.has(url.protocol)) return null;
  // A name before the host is there to look like one.
  if (url.protocol !== "mailto:" && (url.username !== "" || url.password !== "")) return null;
  return { href: url.href, leadsTo: claimsOther(url, words) ? shownHost(url) : null };
}

/** What a picture elsewhere would tell its server is told by a click, not by reading. */
export function pictureOf(href: string): { href: string; host: string } | null {
  const link = linkOf(href, "");
  const url = link && parsed(link.href);
  return url && url.protocol !== "mailto:" ? { href: url.href, host: shownHost(url) } : null;
}

/** Whether the words of a link are an address, and not that of the link. */
function claimsOther(url: URL, words: string): boolean {
  const text = words.trim();
  if (/\s/.test(text) || !/^(?:[a-z][a-z0-9+.-]*:\/\/)?[^\s/@]+\.[^\s/@.]{2,}(?:[/?#:].*)?$/iu.test(text)) {
    return url.host.includes("xn--");
  }
  const claimed = parsed(text.includes("://") ? text : `https://${text}`);
  return claimed === null || bare(claimed.host) !== bare(url.host);
}

function bare(host: string): string {
  return host.replace(/^www\./, "");
}

function shownHost(url: URL): string {
  return url.protocol === "mailto:" ? url.pathname : url.host;
}

function parsed(href: string): URL | null {
  return URL.canParse(href) ? new URL(href) : null;
}
