import { type RefObject, useCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** Lists up to this long are drawn whole. */
const WHOLE = 80;
/** Drawn beyond what is in sight, so that scrolling never shows a gap. */
const BEYOND = 12;
/** The range moves in steps of this, so that not every pixel draws anew. */
const STEP = 6;

interface Range {
  first: number;
  /** Not included any more. */
  end: number;
}

export interface RowWindow extends Range {
  /** Room for the rows that are not drawn, in pixels. */
  before: number;
  after: number;
  /** Scrolls a row into sight and draws it. */
  reveal: (index: number) => void;
}

/** Which rows of a long list to draw: those in sight and a few around them. All rows are equally high. */
export function useRowWindow(list: RefObject<HTMLElement | null>, count: number): RowWindow {
  const whole = count <= WHOLE;
  const [rowHeight, setRowHeight] = useState(56);
  const [range, setRange] = useState<Range>({ first: 0, end: WHOLE });

  const look = useCallback(() => {
    const element = list.current;
    const scroller = element?.closest("[data-scroller]");
    const height = element?.querySelector("[data-row]")?.getBoundingClientRect().height;
    if (!element || !scroller || !height) return;
    setRowHeight(height);
    const above = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
    const first = Math.floor(above / height) - BEYOND;
    const end = Math.ceil((above + scroller.clientHeight) / height) + BEYOND;
    const next = {
      first: Math.max(0, Math.floor(first / STEP) * STEP),
      end: Math.max(STEP, Math.ceil(end / STEP) * STEP),
    };
    setRange((now) => (now.first === next.first && now.end === next.end ? now : next));
  }, [list]);

  useEffect(() => {
    const scroller = list.current?.closest("[data-scroller]");
    if (whole || !scroller) return;
    scroller.addEventListener("scroll", look, { passive: true });
    // Tells the size once at the start too.
    const observer = new ResizeObserver(look);
    observer.observe(scroller);
    return () => {
      scroller.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [list, look, whole]);

  const reveal = useCallback(
    (index: number) => {
      const element = list.current;
      const scroller = element?.closest("[data-scroller]");
      if (whole || !element || !scroller) return;
      const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      const row = top + index * rowHeight;
      const margin = 2 * rowHeight;
      if (row < margin) scroller.scrollTop += row - margin;
      if (row > scroller.clientHeight - margin) scroller.scrollTop += row - scroller.clientHeight + margin;
      flushSync(look);
    },
    [list, look, rowHeight, whole],
  );

  const first = whole ? 0 : Math.min(range.first, count);
  const end = whole ? count : Math.min(range.end, count);
  return { first, end, before: first * rowHeight, after: (count - end) * rowHeight, reveal };
}
