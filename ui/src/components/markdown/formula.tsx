import { useEffect, useRef } from "react";

interface FormulaProps {
  tex: string;
  /** It stands on a line of its own. */
  display?: boolean;
}

/** A formula; its source until it is set, and where it cannot be. */
export function Formula({ tex, display = false }: FormulaProps) {
  // React never changes what was set by other means: another formula is another element.
  return <Typeset key={tex} tex={tex} display={display} />;
}

function Typeset({ tex, display }: Required<FormulaProps>) {
  const place = useRef<HTMLSpanElement>(null);

  useEffect(() => {
    let gone = false;
    void import("./typesetting").then(({ typeset }) => {
      if (!gone && place.current) typeset(tex, display, place.current);
    });
    return () => {
      gone = true;
    };
  }, [tex, display]);

  return (
    <span
      ref={place}
      dir="ltr"
      className={display ? "block overflow-x-auto overflow-y-hidden py-1 text-center" : undefined}
    >
      {tex}
    </span>
  );
}
