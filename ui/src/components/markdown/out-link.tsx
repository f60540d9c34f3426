import { Image } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "@/i18n/i18n";
import { linkOf, pictureOf } from "./links";

interface OutLinkProps {
  href: string;
  words: string;
  children: ReactNode;
}

/** A link out of the product; its words alone where it may not be followed. */
export function OutLink({ href, words, children }: OutLinkProps) {
  const { t } = useI18n();
  const link = linkOf(href, words);
  if (!link) return <span title={t("markdown.no_link", { address: href })}>{children}</span>;
  return (
    <>
      <a href={link.href} title={link.href} target="_blank" rel="noreferrer noopener">
        {children}
      </a>
      {link.leadsTo !== null && (
        <span className="text-xs text-warn-ink"> ({t("markdown.leads_to", { host: link.leadsTo })})</span>
      )}
    </>
  );
}

/** A picture elsewhere: its words and where it lies. Nothing is fetched until it is opened. */
export function PictureLink({ href, words }: { href: string; words: string }) {
  const { t } = useI18n();
  const picture = pictureOf(href);
  const name = words.trim() || t("markdown.picture");
  if (!picture) return <span title={t("markdown.no_link", { address: href })}>{name}</span>;
  return (
    <a href={picture.href} title={picture.href} target="_blank" rel="noreferrer noopener">
      <Image size={14} aria-hidden className="me-1 inline align-[-2px]" />
      {name}
      <span className="text-xs text-ink-3"> ({t("markdown.picture_at", { host: picture.host })})</span>
    </a>
  );
}
