/** A resource of the contract: where it lives below `/api/v1`; the types of what it gives and takes travel with it. */
export interface Resource<Item, Input> {
  readonly path: string;
  /** Never called: carries the types. */
  readonly types?: (input: Input) => Item;
}

export function resource<Item, Input = never>(path: string): Resource<Item, Input> {
  return { path };
}
