import { type RefObject, useLayoutEffect, useState } from "react";
import type { Size } from "./map-layout";

/** How large the map is, and how large a machine with its words is on it. */
export interface Room {
  size: Size;
  box: Size;
  /** Too narrow for a second line under a name. */
  tight: boolean;
}

/** At a text size of 100 %. */
const BOX = { width: 100, height: 92 };
const TIGHT_BOX = { width: 82, height: 70 };
const TIGHT_BELOW = 480;

export function useRoom(ground: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>(() => roomOf({ width: 640, height: 400 }));
  useLayoutEffect(() => {
    const element = ground.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth, clientHeight } = element;
      if (clientWidth > 0) setRoom(roomOf({ width: clientWidth, height: clientHeight }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ground]);
  return room;
}

function roomOf(size: Size): Room {
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
  const tight = size.width < TIGHT_BELOW * scale;
  const { width, height } = tight ? TIGHT_BOX : BOX;
  return { size, box: { width: width * scale, height: height * scale }, tight };
}
