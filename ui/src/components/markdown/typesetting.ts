import { render } from "katex";
import "katex/dist/katex.min.css";

/** More than any page of a book holds; macros that call themselves end here. */
const MOST_EXPANSIONS = 500;
/** In em: nothing is set larger than this. */
const LARGEST = 20;

/** Sets a formula into an element, as nodes and not as text to be read as HTML. */
export function typeset(tex: string, display: boolean, into: HTMLElement) {
  try {
    render(tex, into, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: false,
      maxExpand: MOST_EXPANSIONS,
      maxSize: LARGEST,
    });
  } catch {
    into.textContent = tex;
  }
}
