import type { Page, Query, Resource } from "@interpres/admin-api";
import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useApi } from "./api.tsx";

/** `intervalMs` asks again and again while the page is seen. */
interface Repeated {
  readonly intervalMs?: number | false;
}

/** One page of a list; the page before stays to be seen while another is fetched. */
export function useList<Item>(
  resource: Resource<Item, never>,
  query: Query,
  { intervalMs = false }: Repeated = {},
): UseQueryResult<Page<Item>> {
  const api = useApi();
  return useQuery({
    queryKey: [resource.path, query],
    queryFn: () => api.list(resource, query),
    placeholderData: keepPreviousData,
    refetchInterval: intervalMs,
  });
}

/** Everything of a list. */
export function useAll<Item>(
  resource: Resource<Item, never>,
  query: Query = {},
  { intervalMs = false }: Repeated = {},
): UseQueryResult<readonly Item[]> {
  const api = useApi();
  const queryKey = [resource.path, "all", query];
  return useQuery({ queryKey, queryFn: () => api.all(resource, query), refetchInterval: intervalMs });
}

/** One item of a list; asks nothing without a key. */
export function useItem<Item, Input>(resource: Resource<Item, Input>, key: string | undefined): UseQueryResult<Item> {
  const api = useApi();
  return useQuery({
    queryKey: [resource.path, "item", key],
    queryFn: () => api.get(resource, key ?? ""),
    enabled: key !== undefined,
  });
}

/** What one path below `/api/v1` answers. */
export function useAnswer<Answer>(path: string, { intervalMs = false }: Repeated = {}): UseQueryResult<Answer> {
  const api = useApi();
  return useQuery({
    queryKey: [path],
    queryFn: () => api.ask("GET", path) as Promise<Answer>,
    refetchInterval: intervalMs,
  });
}

/** What a path below `/api/v1` answers to a question that is too long for it; nothing until it has answered this one. */
export function useAsked<Answer>(
  path: string,
  question: object,
  { intervalMs = false }: Repeated = {},
): UseQueryResult<Answer> {
  const api = useApi();
  return useQuery({
    queryKey: [path, question],
    queryFn: () => api.ask("POST", path, question) as Promise<Answer>,
    refetchInterval: intervalMs,
  });
}

/** A change. What the pages show is asked for anew after it: one change moves much (a domain its ACL entry, a certificate a subject). */
export function useChange<Given, Result>(
  change: (given: Given) => Promise<Result>,
): UseMutationResult<Result, Error, Given> {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => queries.invalidateQueries() });
}
