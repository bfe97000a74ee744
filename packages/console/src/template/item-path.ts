import { useLocation, useSearch } from "@tanstack/react-router";

/** Where the form for a new item lies; `copyOf` fills it with what another one has. */
export function newPath(page: string): string {
  return `${page}/new`;
}

/** Where the form of an item lies. */
export function editPath(page: string, key: string): string {
  return `${page}/edit/${encodeURIComponent(key)}`;
}

/** What a page with a list shows at the path where one is now. */
export type Shown =
  | { readonly kind: "list" }
  | { readonly kind: "new"; readonly copyOf: string | undefined }
  | { readonly kind: "edit"; readonly key: string };

/** `page`: the path of the list. */
export function useShown(page: string): Shown {
  const { pathname } = useLocation();
  const { copy } = useSearch({ strict: false }) as { readonly copy?: unknown };
  const rest = pathname.slice(page.length);
  if (rest === "/new") return { kind: "new", copyOf: copy === undefined ? undefined : String(copy) };
  const key = /^\/edit\/(.+)$/.exec(rest)?.[1];
  return key === undefined ? { kind: "list" } : { kind: "edit", key: decodeURIComponent(key) };
}
