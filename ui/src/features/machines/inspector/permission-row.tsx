import { Copy, Cpu, FolderOpen, type LucideIcon, ShieldAlert, SlidersHorizontal } from "lucide-react";
import { useId, useState } from "react";
import type { Peer, PeerPermission, Permission, PermissionGrant } from "@/backend/api.gen";
import { FieldError } from "@/components/field-error";
import { IconBtn } from "@/components/icon-btn";
import { Switch } from "@/components/switch";
import { useAllow, useDeny } from "@/data/peer-writes";
import { type I18n, useI18n } from "@/i18n/i18n";
import { inOneLine } from "@/i18n/sentence";
import { AdminQuestion } from "./admin-question";
import { GrantForm } from "./grant-form";

const ICONS: Record<Permission, LucideIcon> = {
  "llm.use": Cpu,
  "files.read": FolderOpen,
  "models.copy": Copy,
  admin: ShieldAlert,
};

interface PermissionRowProps {
  peer: Peer;
  permission: PeerPermission;
  /** It cannot be allowed as things are. */
  fixed: boolean;
}

/** One thing a machine may or may not do, with the limits of it. */
export function PermissionRow({ peer, permission, fixed }: PermissionRowProps) {
  const i18n = useI18n();
  const { t, say } = i18n;
  const labelId = useId();
  const noteId = useId();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const allow = useAllow(peer.id);
  const deny = useDeny(peer.id);
  const error = allow.error ?? deny.error;
  const Icon = ICONS[permission.permission];
  const label = t(`permission.${permission.permission}`);

  const grant = (change: Partial<PermissionGrant> = {}) => {
    deny.reset();
    allow.mutate({ permission: permission.permission, ...change });
  };
  const onSwitch = (on: boolean) => {
    allow.reset();
    if (!on) return deny.mutate(permission.permission);
    // To decide in this machine's name is more than another switch.
    if (permission.permission === "admin" && peer.relation !== "mine") return setAsking(true);
    grant();
  };

  return (
    <li className="border-t border-line py-2.5 first:border-0">
      <div className="flex items-start gap-2.5">
        <Icon size={15} strokeWidth={1.8} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
        <div className="min-w-0 grow">
          <p id={labelId} className="text-sm">
            {label}
          </p>
          <p id={noteId} className="text-xs text-ink-3">
            {permission.allowed ? (
              <Limits parts={limitsOf(i18n, permission)} />
            ) : (
              t(`permission.${permission.permission}.help`)
            )}
          </p>
        </div>
        {permission.allowed && (
          <IconBtn
            label={t("permission.change", { label })}
            aria-expanded={editing}
            onClick={() => setEditing(!editing)}
            className="-my-1 size-7!"
          >
            <SlidersHorizontal size={15} />
          </IconBtn>
        )}
        <Switch
          checked={permission.allowed}
          onChange={onSwitch}
          labelledBy={labelId}
          describedBy={noteId}
          disabled={fixed || allow.isPending || deny.isPending}
        />
      </div>
      {error && <FieldError id={`${noteId}-error`} text={inOneLine(say(error))} />}
      {editing && permission.allowed && (
        <GrantForm permission={permission} busy={allow.isPending} onChange={grant} />
      )}
      <AdminQuestion
        peer={peer}
        open={asking}
        onClose={() => setAsking(false)}
        onConsent={() => {
          setAsking(false);
          grant();
        }}
      />
    </li>
  );
}

/** "Always", "100 a minute", "4 at once" */
function limitsOf({ t, format }: I18n, { term, until, llm, usual }: PeerPermission): string[] {
  const parts: string[] = [];
  if (term === "until" && until) parts.push(t("permission.term_until", { time: format.dateTime(until) }));
  else if (term === "once") parts.push(t("permission.term_once"));
  else parts.push(t(usual ? "permission.usual" : "permission.term_always"));
  if (llm) {
    parts.push(t("permission.per_minute", { count: llm.requests_per_minute }));
    parts.push(t("permission.at_once", { count: llm.concurrency }));
    if (llm.max_tokens !== null) parts.push(t("permission.tokens", { count: llm.max_tokens }));
  }
  return parts;
}

/** In one line where they fit, and never broken inside a part. */
function Limits({ parts }: { parts: readonly string[] }) {
  return parts.map((part, index) => (
    <span key={part}>
      {index > 0 && " · "}
      <span className="whitespace-nowrap">{part}</span>
    </span>
  ));
}
