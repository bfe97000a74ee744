import { isAbsolute, join } from "node:path";
import { AdminClient, type Exchange } from "@interpres/admin-api";
import { parse as parseYaml } from "yaml";
import type { Trust } from "./https-exchange.ts";
import { CommandError, type Io } from "./io.ts";
import { readFile } from "./read-file.ts";

/** How to reach the node, as the command line said it. */
export interface ConnectOptions {
  readonly url?: string;
  readonly token?: string;
  readonly ca?: string;
  readonly data?: string;
}

/** Where a node is, and whom to believe that it is it. */
export interface Target {
  readonly url: string;
  readonly token: string;
  readonly trust: Trust;
}

const DEFAULT_DIRECTORY = "./data";

/** How OpenSSL says that nobody we believe has signed it. */
const UNKNOWN_AUTHORITY: ReadonlySet<unknown> = new Set([
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The node meant: by options, by environment, else the one that runs on this machine. */
export function findNode(options: ConnectOptions, io: Io): Target {
  const url = options.url ?? io.environment.INTERPRES_URL;
  return url === undefined ? localNode(options, io) : remoteNode(url, options, io);
}

/** The API of a node. */
export function connect({ trust, ...target }: Target, io: Io): AdminClient {
  return new AdminClient({ ...target, exchange: explaining(io.exchange(trust), target.url) });
}

function remoteNode(url: string, options: ConnectOptions, io: Io): Target {
  if (!URL.canParse(url) || new URL(url).protocol !== "https:") throw new CommandError(`${url} is no https:// URL`, 2);
  const token = options.token ?? io.environment.INTERPRES_TOKEN;
  if (token === undefined) throw new CommandError(`a token for ${url} is needed: --token or INTERPRES_TOKEN`, 2);
  return { url, token, trust: remoteTrust(url, options, io) };
}

/** A node of this machine has left its authority in its data directory, which is as good as being told. */
function remoteTrust(url: string, options: ConnectOptions, io: Io): Trust {
  const file = options.ca ?? io.environment.INTERPRES_CA;
  if (file !== undefined) return { names: "checked", caPem: readFile(file, io) };
  const caPem = io.readFile(join(dataDirectory(options, io), "ca.pem"));
  if (caPem === undefined) return { names: "checked" };
  return { names: isLoopback(new URL(url).hostname) ? "own-machine" : "checked", caPem };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The node writes where it listens, its authority and a token into its data directory. */
function localNode(options: ConnectOptions, io: Io): Target {
  const directory = dataDirectory(options, io);
  const file = io.readFile(join(directory, "node.json"));
  if (file === undefined)
    throw new CommandError(
      `no node runs from ${directory}: start one with \`npm start\`, name its directory with --data, ` +
        "or a node elsewhere with --url and --token",
    );
  const token = options.token ?? io.environment.INTERPRES_TOKEN ?? io.readFile(join(directory, "local-token"));
  if (token === undefined)
    throw new CommandError(`${join(directory, "local-token")} cannot be read: run this as the user who runs the node`);
  const caPem = io.readFile(join(directory, "ca.pem"));
  const trust: Trust = { names: "own-machine", ...(caPem === undefined ? {} : { caPem }) };
  return { url: adminUrlOf(file, directory), token: token.trim(), trust };
}

function adminUrlOf(file: string, directory: string): string {
  const node: unknown = JSON.parse(file);
  if (typeof node === "object" && node !== null && "adminUrl" in node && typeof node.adminUrl === "string")
    return node.adminUrl;
  throw new CommandError(`${join(directory, "node.json")} names no adminUrl`);
}

/** Where the server would look: its option, its environment variable, its file, its default. */
function dataDirectory({ data }: ConnectOptions, io: Io): string {
  const named = data ?? io.environment.INTERPRES_DATADIRECTORY;
  if (named !== undefined) return named;
  const settings: unknown = parseYaml(io.readFile("interpres.yaml") ?? "");
  if (typeof settings !== "object" || settings === null || !("dataDirectory" in settings)) return DEFAULT_DIRECTORY;
  const directory = String(settings.dataDirectory);
  return isAbsolute(directory) ? directory : join(".", directory);
}

function explaining(exchange: Exchange, url: string): Exchange {
  return async (request) => {
    try {
      return await exchange(request);
    } catch (error) {
      throw noAnswer(url, error);
    }
  };
}

/** What a failed connection means to whoever gave the command. */
export function noAnswer(url: string, error: unknown): CommandError {
  return new CommandError(`${url} does not answer: ${reasonOf(error)}${remedyOf(error)}`, 1, { cause: error });
}

function remedyOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return UNKNOWN_AUTHORITY.has(code) ? "; name the authority's file with --ca, for one of ours DIR/ca.pem" : "";
}

/** Several addresses that all refuse come as one error without a message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
