import { clsx } from "clsx";
import { Search } from "lucide-react";
import type { Peer } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { type Filter, FILTERS, passes } from "./peer-order";

interface TableToolsProps {
  peers: readonly Peer[];
  found: number;
  query: string;
  onQuery: (query: string) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** With fewer machines than this a glance is quicker than a search. */
const MANY = 8;

/** Search and filter above the list, once there is something to look for. */
export function TableTools({ peers, found, query, onQuery, filter, onFilter }: TableToolsProps) {
  const { t } = useI18n();
  if (peers.length < MANY && filter === "all" && query === "") return null;
  return (
    <div className="flex flex-wrap items-center gap-2 p-3">
      <label className="relative min-w-40 grow">
        <Search size={15} className="absolute start-3 top-1/2 -translate-y-1/2 text-ink-3" />
        <input
          type="search"
          value={query}
          onChange={(event) => onQuery(event.target.value)}
          aria-label={t("machines.search")}
          placeholder={t("machines.search")}
          autoComplete="off"
          spellCheck={false}
          className="field h-9 w-full ps-9 pe-3 text-sm"
        />
      </label>
      <div role="group" aria-label={t("machines.filter")} className="flex flex-wrap gap-1">
        {FILTERS.map((one) => (
          <FilterButton
            key={one}
            filter={one}
            count={peers.filter((peer) => passes(peer, one)).length}
            current={one === filter}
            onChoose={() => onFilter(one)}
          />
        ))}
      </div>
      <p role="status" className="sr-only">
        {query.trim() === "" ? "" : t("machines.found", { count: found })}
      </p>
    </div>
  );
}

interface FilterButtonProps {
  filter: Filter;
  count: number;
  current: boolean;
  onChoose: () => void;
}

function FilterButton({ filter, count, current, onChoose }: FilterButtonProps) {
  const { t, format } = useI18n();
  // A kind of which there is none needs no button, unless it is the chosen one.
  if (count === 0 && !current) return null;
  return (
    <button
      type="button"
      aria-pressed={current}
      onClick={onChoose}
      className={clsx(
        "inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-xs font-medium whitespace-nowrap transition-colors",
        current ? "bg-accent-soft text-accent-ink" : "text-ink-2 hover:bg-press hover:text-ink",
      )}
    >
      {t(`machines.filter_${filter}`)}
      <span className="num font-normal">{format.number(count)}</span>
    </button>
  );
}
