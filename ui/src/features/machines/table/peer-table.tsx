import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import type { Peer } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { useNow } from "@/components/use-now";
import { type Column, type Filter, matches, type Order, passes, sorted } from "./peer-order";
import { FROM_MEDIUM, FROM_WIDE, GRID, PeerRow } from "./peer-row";
import { TableTools } from "./table-tools";
import { type RowWindow, useRowWindow } from "./use-row-window";

interface PeerTableProps {
  peers: readonly Peer[];
  selected: string | undefined;
  onSelect: (id: string) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

const PAGE_OF_ROWS = 10;
/** "12 seconds ago" need not count every second. */
const AGES_EVERY_MS = 10_000;

/** The same machines as on the map and the blocked ones, with every fact in words. */
export function PeerTable({ peers, selected, onSelect, filter, onFilter }: PeerTableProps) {
  const { t, language } = useI18n();
  const hintId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState<Order>({ by: "status", descending: false });
  const [query, setQuery] = useState("");
  const now = useNow(AGES_EVERY_MS);

  const words = query.trim();
  const found = peers.filter((peer) => passes(peer, filter) && (words === "" || matches(peer, words)));
  const rows = sorted(found, order, language);
  const shown = useRowWindow(list, rows.length);
  const { tabStop, onKeyDown, onFocus } = useRowKeys(rows, shown, selected);

  const sortBy = (by: Column) => setOrder((last) => ({ by, descending: last.by === by && !last.descending }));

  return (
    <section aria-label={t("machines.list")} className="card @container min-w-0 overflow-hidden">
      <TableTools
        peers={peers}
        found={rows.length}
        query={query}
        onQuery={setQuery}
        filter={filter}
        onFilter={onFilter}
      />
      <div
        role="table"
        aria-label={t("machines.list")}
        aria-describedby={hintId}
        aria-rowcount={rows.length + 1}
      >
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={clsx(GRID, "h-9 bg-inset/60 px-4")}>
            <div
              role="columnheader"
              aria-sort={sortOf(order, "name") ?? sortOf(order, "address")}
              className="flex min-w-0 gap-4"
            >
              <SortButton column="name" order={order} onSort={sortBy} />
              <SortButton column="address" order={order} onSort={sortBy} />
            </div>
            <Head column="whose" order={order} onSort={sortBy} className={FROM_WIDE} />
            <Head column="status" order={order} onSort={sortBy} />
            <Head
              column="rtt"
              order={order}
              onSort={sortBy}
              className={clsx(FROM_MEDIUM, "justify-self-end")}
            />
            <Head column="models" order={order} onSort={sortBy} className={clsx(FROM_WIDE, "ps-2")} />
            <Head column="seen" order={order} onSort={sortBy} className={FROM_WIDE} />
          </div>
        </div>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- for the buttons inside */}
        <div
          role="rowgroup"
          ref={list}
          onKeyDown={onKeyDown}
          onFocus={onFocus}
          // Whoever wants no motion gets very short transitions; here one would be a wrong height.
          className="transition-none"
          style={{ paddingBlock: `${shown.before}px ${shown.after}px` }}
        >
          {rows.slice(shown.first, shown.end).map((peer, index) => (
            <PeerRow
              key={peer.id}
              peer={peer}
              index={shown.first + index + 2}
              selected={peer.id === selected}
              tabStop={peer.id === tabStop}
              now={now}
              onSelect={onSelect}
            />
          ))}
        </div>
      </div>
      {rows.length === 0 && (
        <p className="border-t border-line px-4 py-8 text-center text-sm text-ink-2">
          {words === "" ? t("machines.filter_empty") : t("machines.search_empty", { query: words })}
        </p>
      )}
      <p id={hintId} className="sr-only">
        {t("machines.list_keys")}
      </p>
    </section>
  );
}

interface HeadProps {
  column: Column;
  order: Order;
  onSort: (column: Column) => void;
  className?: string;
}

function Head({ column, order, onSort, className }: HeadProps) {
  return (
    <div role="columnheader" aria-sort={sortOf(order, column)} className={className}>
      <SortButton column={column} order={order} onSort={onSort} />
    </div>
  );
}

function SortButton({ column, order, onSort }: HeadProps) {
  const { t } = useI18n();
  const current = order.by === column;
  const Arrow = order.descending ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={() => onSort(column)}
      className={clsx(
        "inline-flex items-center gap-1 rounded-sm text-2xs font-medium whitespace-nowrap transition-colors hover:text-ink",
        current ? "text-ink" : "text-ink-3",
      )}
    >
      {t(`column.${column}`)}
      {current && <Arrow size={12} aria-hidden />}
    </button>
  );
}

function sortOf(order: Order, column: Column): "ascending" | "descending" | undefined {
  if (order.by !== column) return undefined;
  return order.descending ? "descending" : "ascending";
}

/** One stop for Tab: the selected row or the last one visited; arrow keys go on from there. */
function useRowKeys(rows: readonly Peer[], shown: RowWindow, selected: string | undefined) {
  const [visited, setVisited] = useState<string>();
  const drawn = rows.slice(shown.first, shown.end);
  const stop =
    drawn.find((peer) => peer.id === visited) ?? drawn.find((peer) => peer.id === selected) ?? drawn[0];
  return {
    tabStop: stop?.id,
    onFocus: (event: FocusEvent) => setVisited(event.target.getAttribute("data-peer") ?? undefined),
    onKeyDown: (event: KeyboardEvent) => {
      const at = rows.findIndex((peer) => peer.id === stop?.id);
      const step = stepOf(event.key, rows.length);
      if (step === null || at < 0) return;
      event.preventDefault();
      const index = Math.min(rows.length - 1, Math.max(0, at + step));
      const next = rows[index];
      if (!next) return;
      const list = event.currentTarget;
      shown.reveal(index);
      list.querySelector<HTMLElement>(`[data-peer="${next.id}"]`)?.focus();
    },
  };
}

function stepOf(key: string, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return 1;
    case "ArrowUp":
      return -1;
    case "PageDown":
      return PAGE_OF_ROWS;
    case "PageUp":
      return -PAGE_OF_ROWS;
    case "Home":
      return -count;
    case "End":
      return count;
    default:
      return null;
  }
}
