import { Fragment, type ReactNode } from "react";
import type { Token } from "marked";
import { withCharacters } from "./entities";
import { Formula } from "./formula";
import { OutLink, PictureLink } from "./out-link";
import type { AnyToken } from "./tokens";

/** Words within a block. */
export function Inline({ tokens }: { tokens: Token[] | undefined }): ReactNode {
  return tokens?.map((token, index) => (
    // oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>{drawn(token as AnyToken)}</Fragment>
  ));
}

function drawn(token: AnyToken): ReactNode {
  switch (token.type) {
    case "text":
      return token.tokens ? <Inline tokens={token.tokens} /> : withCharacters(token.text);
    case "escape":
      return token.text;
    case "paragraph":
      return <Inline tokens={token.tokens} />;
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code dir="ltr">{token.text}</code>;
    case "br":
      return <br />;
    case "formula":
      return <Formula tex={token.text} />;
    case "link":
      return (
        <OutLink href={token.href} words={token.text}>
          <Inline tokens={token.tokens} />
        </OutLink>
      );
    case "image":
      return <PictureLink href={token.href} words={token.text} />;
    case "html":
      return /^<br\s*\/?>$/i.test(token.text.trim()) ? <br /> : token.raw;
    // These are no part of a line; where one turns up, its source is shown.
    case "blockquote":
    case "checkbox":
    case "code":
    case "def":
    case "display":
    case "heading":
    case "hr":
    case "list":
    case "list_item":
    case "space":
    case "table":
      return token.raw;
  }
}
