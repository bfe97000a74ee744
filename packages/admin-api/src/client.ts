import type { Page } from "./list.ts";
import { isProblem, type Problem } from "./problem.ts";
import type { Resource } from "./resource.ts";

export const API_ROOT = "/api/v1";

/** One exchange with the node, as text; rejects when there was none. */
export type Exchange = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

/** The node refused; `problem` is its reason. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

/** `fetch` of the browser or of Node. */
export const fetchExchange: Exchange = async ({ method, url, headers, body }) => {
  const answer = await fetch(url, {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, body: await answer.text() };
};

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The API of a node. Every call rejects with `RefusedError` when the node refuses, else with what `exchange` rejects. */
export class AdminClient {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #exchange: Exchange;

  /** `url`: `https://HOST:8443`, empty for the page's own origin. */
  constructor(options: { readonly url: string; readonly token?: string; readonly exchange?: Exchange }) {
    this.#url = options.url.replace(/\/+$/, "");
    this.#headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
    this.#exchange = options.exchange ?? fetchExchange;
  }

  /** One page of a list. */
  list<Item>(resource: Resource<Item, never>, query: Query = {}): Promise<Page<Item>> {
    return this.ask("GET", withQuery(resource.path, query)) as Promise<Page<Item>>;
  }

  /** Every item of a list, page after page. */
  async all<Item>(resource: Resource<Item, never>, query: Query = {}): Promise<readonly Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<Item> = await this.list(resource, { ...query, cursor });
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  get<Item, Input>(resource: Resource<Item, Input>, key: string): Promise<Item> {
    return this.ask("GET", itemPath(resource, key)) as Promise<Item>;
  }

  create<Item, Input>(resource: Resource<Item, Input>, input: Input): Promise<Item> {
    return this.ask("POST", resource.path, input) as Promise<Item>;
  }

  replace<Item, Input>(resource: Resource<Item, Input>, key: string, input: Input): Promise<Item> {
    return this.ask("PUT", itemPath(resource, key), input) as Promise<Item>;
  }

  async remove<Item, Input>(resource: Resource<Item, Input>, key: string): Promise<void> {
    await this.ask("DELETE", itemPath(resource, key));
  }

  /** Any other call below `/api/v1`; undefined where the answer has no body. */
  async ask(method: string, path: string, input?: unknown): Promise<unknown> {
    const body = input === undefined ? {} : { body: JSON.stringify(input) };
    const headers = input === undefined ? this.#headers : { ...this.#headers, "content-type": "application/json" };
    const answer = await this.#exchange({ method, url: `${this.#url}${API_ROOT}${path}`, headers, ...body });
    const content = decode(answer.body);
    if (answer.status >= 200 && answer.status < 300) return content;
    throw new RefusedError(isProblem(content) ? content : unknownProblem(answer.status));
  }
}

export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === "object") for (const one of value) search.append(name, one);
    else if (value !== undefined) search.append(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

function itemPath<Item, Input>(resource: Resource<Item, Input>, key: string): string {
  return `${resource.path}/${encodeURIComponent(key)}`;
}

function decode(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unknownProblem(status: number): Problem {
  return { type: "about:blank", title: `the node answered ${status}`, status };
}
