import type { ComponentType } from "react";

/** A page of the console, fetched when it is first wanted. Below its path it may have `/new` and `/edit/KEY`, which it shows itself. */
export interface MenuEntry {
  readonly label: string;
  readonly path: string;
  /** Other names under which it is looked for. */
  readonly aliases?: readonly string[];
  readonly page: () => Promise<{ readonly default: ComponentType }>;
}

export interface MenuGroup {
  readonly label: string;
  readonly aliases?: readonly string[];
  readonly items: readonly MenuItem[];
}

export type MenuItem = MenuEntry | MenuGroup;

/** One of the applications between which the book's "Navigation" switches. */
export interface Application {
  readonly id: string;
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export interface Menu {
  /** Pages led to by purpose, seen in every application. */
  readonly purposes: readonly MenuEntry[];
  readonly applications: readonly Application[];
}

/** An entry with the labels that lead to it. */
export interface FoundEntry {
  readonly entry: MenuEntry;
  readonly trail: readonly string[];
}

/** Every entry of the menu, in the order of the menu. */
export function allEntries({ purposes, applications }: Menu): readonly (FoundEntry & { readonly words: string })[] {
  return [
    ...purposes.flatMap((entry) => below(entry, [], [])),
    ...applications.flatMap(({ label, items }) => items.flatMap((item) => below(item, [label], []))),
  ];
}

function below(
  item: MenuItem,
  trail: readonly string[],
  names: readonly string[],
): readonly (FoundEntry & { readonly words: string })[] {
  const path = [...trail, item.label];
  const words = [...names, ...trail, item.label, ...(item.aliases ?? [])];
  if ("items" in item) return item.items.flatMap((each) => below(each, path, words));
  return [{ entry: item, trail: path, words: plain(words.join(" ")) }];
}

/** The entries for which every word that was typed begins a word of their names, labels of groups included. */
export function findEntries(menu: Menu, typed: string): readonly FoundEntry[] {
  const wanted = plain(typed)
    .split(" ")
    .filter((word) => word !== "");
  if (wanted.length === 0) return [];
  return allEntries(menu).filter(({ words }) => wanted.every((word) => ` ${words}`.includes(` ${word}`)));
}

/** Case, hyphens and other marks do not count: "Inter-Domain" is "inter domain". */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The application to which a path belongs; undefined for pages by purpose. */
export function applicationOf({ applications }: Menu, path: string): Application | undefined {
  return applications.find(({ id }) => path === `/${id}` || path.startsWith(`/${id}/`));
}
