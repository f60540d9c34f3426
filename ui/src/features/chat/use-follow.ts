import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** So close to the end counts as being there. */
const NEAR_PX = 48;

/**
 * Keeps the end in sight while the reader is there, and leaves a reader who
 * scrolled up alone until a question of their own makes the list longer.
 */
export function useFollow(content: unknown, length: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  // Scrolling is heard below, and says then where the reader is.
  const follow = useCallback(() => {
    following.current = true;
    const area = scroller.current;
    if (area) area.scrollTop = area.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (following.current) follow();
  }, [content, follow]);

  useLayoutEffect(follow, [length, follow]);

  const toEnd = () => {
    follow();
    setAtEnd(true);
  };

  const onScroll = () => {
    const area = scroller.current;
    if (!area) return;
    following.current = area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_PX;
    setAtEnd(following.current);
  };

  return { scroller, atEnd, toEnd, onScroll };
}
