import { resolve } from "node:path";
import type { SecureContextOptions } from "node:tls";
import type { Command } from "commander";
import { CommandError, type Io, readFile } from "./io.ts";

/** Options that both simulators have, as they are written. */
export interface CommonOptions {
  readonly domain: string;
  readonly fqdn?: string;
  readonly listen: string;
  readonly caDir: string;
  readonly cert?: string;
  readonly key?: string;
  readonly peer?: string;
  readonly peerCa?: string;
  readonly peerName?: string;
  readonly peerDomain: readonly string[];
  readonly tls: string;
  readonly fault: readonly string[];
  readonly allow: readonly string[];
  readonly script?: string;
  readonly within: string;
  readonly json?: true;
}

/** A host and a port of an option; a host in brackets is an IPv6 address. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const VERSIONS: Readonly<Record<string, "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3">> = {
  "1.0": "TLSv1",
  "1.1": "TLSv1.1",
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Adds what both simulators understand. */
export function addCommonOptions(command: Command): Command {
  return command
    .option("--fqdn <name>", "its name, in its certificate and on the wire; sip.DOMAIN by default")
    .option("--listen <host:port>", "where it takes TLS; port 0 is any free one, and is printed", "127.0.0.1:5061")
    .option(
      "--ca-dir <dir>",
      "its own authority, made at the first start; ca.pem is for the other side to trust",
      "interpres-sim",
    )
    .option("--cert <file>", "show this certificate instead of one of that authority")
    .option("--key <file>", "its key")
    .option("--tls <version>", "newest version of TLS: 1.0, 1.1, 1.2 or 1.3", "1.2")
    .option("--peer <host:port>", "the server under test; without it this side begins nothing")
    .option("--peer-ca <file>", "authority that signed the certificate of the server under test; its own by default")
    .option("--peer-name <name>", "name that certificate must have")
    .option("--peer-domain <domain>", "domain the server under test may speak for, repeatable", several, [])
    .option("--fault <name[=value]>", "misbehave so from the start, repeatable", several, [])
    .option("--allow <rule>", "do not apply this rule of the observer, repeatable", several, [])
    .option("--script <file>", "run these steps and end: 0 where all held, 1 where one did not")
    .option("--within <seconds>", "how long a step waits", "10")
    .option("--json", "one event a line, as JSON");
}

/** Reads `127.0.0.1:5061`, `[::1]:5061`. Throws `CommandError`, wrong usage. */
export function endpointOf(text: string, option: string): Endpoint {
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-f:.]+)\]|([^[\]:]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) throw new CommandError(`${option}: ${text} is not HOST:PORT`, 2);
  return { host, port: Number(port) };
}

/** The versions of TLS up to the one named, at the strength that old ones need. */
export function versionsOf(text: string): SecureContextOptions {
  const maxVersion = VERSIONS[text];
  if (maxVersion === undefined)
    throw new CommandError(`--tls: ${text} is none of ${Object.keys(VERSIONS).join(", ")}`, 2);
  const isOld = maxVersion === "TLSv1" || maxVersion === "TLSv1.1";
  return isOld ? { minVersion: "TLSv1", maxVersion, ciphers: "ALL@SECLEVEL=0" } : { minVersion: "TLSv1.2", maxVersion };
}

/** Certificate and key that were given; both or none. */
export function shownOf(
  { cert, key }: CommonOptions,
  io: Io,
): { readonly cert: string; readonly key: string } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new CommandError("--cert and --key go together", 2);
  return { cert: readFile(resolve(cert), io), key: readFile(resolve(key), io) };
}

/** Milliseconds of `--within`. */
export function withinMsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3600)) throw new CommandError(`--within: ${text} is no number of seconds`, 2);
  return seconds * 1000;
}
