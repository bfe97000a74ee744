/** A field and what is wrong with it; "" is the whole. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** One finding of a JSON Schema check, as every checker tells it. */
export interface SchemaError {
  readonly keyword: string;
  /** RFC 6901. */
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: unknown;
}

interface Params {
  readonly additionalProperties?: readonly (string | number)[];
  readonly requiredProperties?: readonly string[];
  readonly allowedValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly type?: string | readonly string[];
}

/** What a schema found, one line a path: unknown and missing keys by their own path, alternatives all named. */
export function fieldProblems(errors: Iterable<SchemaError>): readonly FieldProblem[] {
  const found = new Map<string, Finding>();
  for (const error of errors)
    for (const { path, ...finding } of findingsOf(error)) {
      const known = found.get(path);
      found.set(path, known === undefined ? finding : together(known, finding));
    }
  return [...found].map(([path, finding]) => ({ path, message: messageOf(finding) }));
}

/** Either a sentence, or what would have been right. A sentence says more: its alternative was the nearest. */
interface Finding {
  readonly sentence?: string;
  readonly right: readonly string[];
}

function together(one: Finding, other: Finding): Finding {
  const sentence = one.sentence ?? other.sentence;
  const right = [...new Set([...one.right, ...other.right])];
  return sentence === undefined ? { right } : { sentence, right };
}

function messageOf({ sentence, right }: Finding): string {
  if (sentence !== undefined) return sentence;
  if (right.length === 0) return "is not valid";
  const last = right.at(-1) ?? "";
  return `must be ${right.length === 1 ? last : `${right.slice(0, -1).join(", ")} or ${last}`}`;
}

function findingsOf(error: SchemaError): readonly (Finding & { readonly path: string })[] {
  const path = error.instancePath.slice(1).split("/").map(unescapePointer).join(".");
  const below = (key: string | number): string => (path === "" ? String(key) : `${path}.${key}`);
  const params = (error.params ?? {}) as Params;
  switch (error.keyword) {
    case "additionalProperties":
      return (params.additionalProperties ?? []).map((key) => ({
        path: below(key),
        sentence: "unknown key",
        right: [],
      }));
    case "required":
      return (params.requiredProperties ?? []).map((key) => ({ path: below(key), sentence: "is required", right: [] }));
    case "boolean":
      return [{ path, sentence: "unknown key", right: [] }];
    case "const":
      return [{ path, right: [JSON.stringify(params.allowedValue)] }];
    case "enum":
      return [{ path, right: (params.allowedValues ?? []).map((value) => JSON.stringify(value)) }];
    case "type":
      return [{ path, right: [params.type ?? []].flat() }];
    case "anyOf":
      return [{ path, right: [] }];
    default:
      return [{ path, sentence: error.message ?? "is not valid", right: [] }];
  }
}

/** RFC 6901 §4. */
function unescapePointer(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
