import { isAbsolute, resolve } from "node:path";
import { fieldProblems } from "@interpres/runtime";
import Type, { type Static, type TSchema } from "typebox";
import Value from "typebox/value";
import { parse as parseYaml, YAMLParseError } from "yaml";

const closed = { additionalProperties: false } as const;

function port(fallback: number) {
  return Type.Integer({
    minimum: 0,
    maximum: 65535,
    default: fallback,
    description: "TCP or UDP port; 0 = any free one",
  });
}

function listener(host: string, number: number) {
  return Type.Object(
    { host: Type.String({ minLength: 1, default: host, description: "Address to bind" }), port: port(number) },
    { ...closed, default: {} },
  );
}

function optionalListener(host: string, number: number) {
  return Type.Object(
    {
      host: Type.String({ minLength: 1, default: host, description: "Address to bind" }),
      port: port(number),
      enabled: Type.Boolean({ default: false, description: "Whether the node listens here" }),
    },
    { ...closed, default: {} },
  );
}

const nullableString = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Null()], { default: null, description });

/** What must be known before the database can be read: `interpres.yaml`, each key also an environment variable. */
export const nodeSettingsSchema = Type.Object(
  {
    dataDirectory: Type.String({ minLength: 1, default: "./data", description: "Database, certificates, node.json" }),
    node: Type.Object(
      {
        name: Type.String({ minLength: 1, default: "imp1", description: "Name of this node in the cluster" }),
        fqdn: Type.String({ minLength: 1, default: "imp1.example.com", description: "Name peers reach this node by" }),
      },
      { ...closed, default: {} },
    ),
    database: Type.String({
      pattern: "^sqlite:.+$",
      default: "sqlite:interpres.db",
      description: "sqlite:FILE in dataDirectory",
    }),
    bus: Type.Literal("embedded", { default: "embedded", description: "Messages between nodes; one node needs none" }),
    listeners: Type.Object(
      {
        sipTls: listener("::", 5061),
        sipTcp: optionalListener("::", 5060),
        sipUdp: optionalListener("::", 5060),
        xmppClient: listener("::", 5222),
        xmppServer: optionalListener("::", 5269),
        admin: listener("::", 8443),
        shell: listener("127.0.0.1", 8022),
      },
      { ...closed, default: {} },
    ),
    dns: Type.Object(
      {
        servers: Type.Array(Type.String({ minLength: 1 }), {
          default: [],
          description: "address:port; none = the system's",
        }),
      },
      { ...closed, default: {} },
    ),
    log: Type.Object(
      {
        level: Type.Union([Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")], {
          default: "info",
          description: "Least level written",
        }),
      },
      { ...closed, default: {} },
    ),
    bootstrap: Type.Object(
      {
        administrator: Type.Object(
          {
            name: Type.String({ minLength: 1, default: "admin", description: "First administrator" }),
            password: nullableString("null = random, printed once"),
          },
          { ...closed, default: {} },
        ),
        localDomain: Type.String({
          minLength: 1,
          default: "example.com",
          description: "First XMPP domain served here",
        }),
        apiToken: nullableString("A fixed token for automation"),
      },
      { ...closed, default: {}, description: "Read only while the database is empty" },
    ),
  },
  { ...closed, default: {} },
);

export type NodeSettings = Static<typeof nodeSettingsSchema>;

/** Names each wrong key by its path: `listeners.sipTls.port: must be <= 65535`. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export interface SettingsSource {
  /** Text of the YAML file; empty when there is none. */
  readonly yaml: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--data DIR`; wins over the file and the environment. */
  readonly dataDirectory?: string;
  /** What relative paths are relative to. */
  readonly workingDirectory: string;
}

/** Reads, completes and checks the settings as a whole; throws `SettingsError` and applies nothing when a key is wrong. */
export function readNodeSettings(source: SettingsSource): NodeSettings {
  const given = parseFile(source.yaml);
  overlayEnvironment(given, source.environment);
  if (source.dataDirectory !== undefined) given.dataDirectory = source.dataDirectory;
  const completed: unknown = Value.Default(nodeSettingsSchema, given);
  if (!Value.Check(nodeSettingsSchema, completed)) throw new SettingsError(describeErrors(completed));
  const directory = completed.dataDirectory;
  return {
    ...completed,
    dataDirectory: isAbsolute(directory) ? directory : resolve(source.workingDirectory, directory),
  };
}

function parseFile(yaml: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = parseYaml(yaml);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new SettingsError(error.message, { cause: error });
    throw error;
  }
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== "object" || Array.isArray(parsed)) throw new SettingsError("the file is not a mapping of keys");
  return parsed as Record<string, unknown>;
}

interface Leaf {
  readonly path: readonly string[];
  readonly schema: TSchema;
}

/** `INTERPRES_LISTENERS_SIPTLS_PORT` sets `listeners.sipTls.port`; lists are separated by commas, `null` is null. */
function overlayEnvironment(given: Record<string, unknown>, environment: SettingsSource["environment"]): void {
  for (const leaf of leavesOf(nodeSettingsSchema, [])) {
    const text = environment[`INTERPRES_${leaf.path.join("_").toUpperCase()}`];
    if (text !== undefined) place(given, leaf.path, fromText(leaf.schema, text));
  }
}

function leavesOf(schema: TSchema, path: readonly string[]): readonly Leaf[] {
  if (!Type.IsObject(schema)) return [{ path, schema }];
  return Object.entries(schema.properties).flatMap(([key, inner]) => leavesOf(inner as TSchema, [...path, key]));
}

function place(given: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    given[key] = value;
    return;
  }
  const inner = given[key];
  if (inner === undefined || inner === null) given[key] = {};
  else if (typeof inner !== "object") return;
  place(given[key] as Record<string, unknown>, rest, value);
}

function fromText(schema: TSchema, text: string): unknown {
  if (Type.IsArray(schema)) return text === "" ? [] : text.split(",").map((item) => item.trim());
  if (Type.IsUnion(schema)) return text === "null" ? null : text;
  if (Type.IsInteger(schema)) return /^\d+$/.test(text) ? Number(text) : text;
  if (Type.IsBoolean(schema)) return text === "true" ? true : text === "false" ? false : text;
  return text;
}

function describeErrors(value: unknown): string {
  return fieldProblems(Value.Errors(nodeSettingsSchema, value))
    .map(({ path, message }) => `${path}: ${message}`)
    .join("\n");
}
