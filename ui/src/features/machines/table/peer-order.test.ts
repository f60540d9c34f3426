// @vitest-environment node
import { describe, expect, it } from "vitest";
import { fakePeers } from "@/backend/fake/peers";
import { peerName } from "../peer-status";
import { type Column, COLUMNS, FILTERS, matches, passes, sorted } from "./peer-order";

const PEERS = fakePeers("eleven");
const names = (by: Column, descending = false) => sorted(PEERS, { by, descending }, "en").map(peerName);

describe("the order of machines", () => {
  it("puts what needs the person first, and blocked ones last", () => {
    const byStatus = names("status");
    expect(byStatus.slice(0, 3)).toEqual(["mina-desktop", "ren-laptop", "atlas"]);
    expect(byStatus.at(-1)).toBe("print-server");
  });

  it("compares figures as figures", () => {
    expect(names("rtt").slice(0, 5)).toEqual([
      "atlas",
      "kitchen-nuc",
      "ren-laptop",
      "guest-tablet",
      "اتاق مطالعه",
    ]);
  });

  it("leaves what is not known at the end, whichever way round", () => {
    const known = 5;
    expect(new Set(names("rtt", true).slice(0, known))).toEqual(new Set(names("rtt").slice(0, known)));
    expect(names("rtt", true)[0]).toBe("اتاق مطالعه");
    expect(names("name").at(-1)).toBe(names("name", true).at(-1));
  });

  it.each(COLUMNS)("by %s loses nobody", (column) => {
    expect(names(column).toSorted()).toEqual(PEERS.map(peerName).toSorted());
  });
});

describe("the search", () => {
  const found = (query: string) => PEERS.filter((peer) => matches(peer, query)).map(peerName);

  it.each([
    ["ATLAS", ["atlas"]],
    ["living", ["kitchen-nuc"]],
    ["10.20.0", ["lab-server"]],
    ["lab 192.168", ["lab-server"]],
    ["مطالعه", ["اتاق مطالعه"]],
    ["xyzzy", []],
  ])("finds %s", (query, expected) => {
    expect(found(query)).toEqual(expected);
  });
});

describe("the filters", () => {
  it("sort every machine into one of paired, not paired and blocked", () => {
    const kinds = FILTERS.filter((filter) => filter !== "all" && filter !== "connected");
    for (const peer of PEERS) expect(kinds.filter((kind) => passes(peer, kind))).toHaveLength(1);
  });
});
