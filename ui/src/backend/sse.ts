/** One server-sent event. */
export interface ServerSentEvent {
  id: string;
  data: string;
}

/**
 * A parser for server-sent events that may be cut anywhere, also between a
 * carriage return and its line feed. Comments (heartbeats) and fields we do not
 * use are skipped.
 */
export function sseParser(onEvent: (event: ServerSentEvent) => void): (text: string) => void {
  let rest = "";
  let id = "";
  let data: string[] = [];

  return (text) => {
    rest += text;
    for (;;) {
      const end = lineEnd(rest);
      if (!end) return;
      readLine(rest.slice(0, end.at));
      rest = rest.slice(end.at + end.length);
    }
  };

  function readLine(line: string) {
    if (line === "") return finishEvent();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    if (field === "id") id = value;
  }

  function finishEvent() {
    if (data.length > 0) onEvent({ id, data: data.join("\n") });
    data = [];
  }
}

function lineEnd(text: string): { at: number; length: number } | null {
  const match = /\r\n|\n|\r/.exec(text);
  if (!match) return null;
  // A carriage return at the very end may be half of a pair.
  if (match[0] === "\r" && match.index === text.length - 1) return null;
  return { at: match.index, length: match[0].length };
}
