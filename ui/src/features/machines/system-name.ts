import type { Machine } from "@/backend/api.gen";

const SYSTEMS: Record<string, string> = {
  linux: "Linux",
  macos: "macOS",
  windows: "Windows",
  freebsd: "FreeBSD",
};

/** "Linux, x86_64" */
export function systemName({ os, arch }: Pick<Machine, "os" | "arch">): string {
  return `${SYSTEMS[os] ?? os}, ${arch}`;
}
