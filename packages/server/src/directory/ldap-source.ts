import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { DirectorySettings } from "@interpres/admin-api";
import type { Clock, Timer } from "@interpres/runtime";
import { Client, type Entry, InvalidCredentialsError, NoSuchObjectError } from "ldapts";
import { type DirectoryAccess, type DirectoryEntry, DirectoryError, type DirectorySource } from "./directory-source.ts";
import { directoryErrorOf } from "./ldap-failure.ts";

const CONNECT_LIMIT_MS = 5000;
/** One page of a search may take a busy directory a while. */
const ANSWER_LIMIT_MS = 30_000;
/** Somebody is waiting to sign in. */
const SIGN_IN_LIMIT_MS = 10_000;

/** Directories over LDAP (RFC 4511), by ldapts. */
export class LdapSource implements DirectorySource {
  readonly #clock: Clock;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  async *entries(access: DirectoryAccess): AsyncGenerator<readonly DirectoryEntry[]> {
    const { settings } = access;
    const { base, filter, pageSize, attributes } = settings;
    const { localPart, displayName, mailId, key, disabled } = attributes;
    const wanted = [localPart, displayName, mailId, key, ...(disabled === null ? [] : [disabled.attribute])];
    const client = await this.#connect(access, ANSWER_LIMIT_MS);
    try {
      await bindAsOurselves(client, access);
      const search = {
        scope: "sub" as const,
        filter,
        attributes: wanted,
        // Spelled as the directory spells it: what we are asked for may differ in case.
        explicitBufferAttributes: [key, "objectGUID", "entryUUID"],
        paged: { pageSize },
      };
      for await (const page of client.searchPaginated(base, search))
        yield page.searchEntries.map((entry) => entryOf(entry, key));
    } catch (error) {
      throw directoryErrorOf(error);
    } finally {
      hangUp(client);
    }
  }

  async isPassword(access: DirectoryAccess, dn: string, password: string): Promise<boolean> {
    // RFC 4513 §5.1.2: without a password a bind succeeds and proves nothing.
    if (dn === "" || password === "") return false;
    const client = await this.#connect(access, SIGN_IN_LIMIT_MS);
    try {
      await client.bind(dn, password);
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialsError || error instanceof NoSuchObjectError) return false;
      throw directoryErrorOf(error);
    } finally {
      hangUp(client);
    }
  }

  async #connect(access: DirectoryAccess, timeout: number): Promise<Client> {
    const { url, startTls } = access.settings;
    const tlsOptions = tlsOptionsOf(access);
    const isSecure = url.startsWith("ldaps:");
    const client = new Client({ url, timeout, connectTimeout: CONNECT_LIMIT_MS, ...(isSecure ? { tlsOptions } : {}) });
    if (!startTls) return client;
    try {
      await this.#within(CONNECT_LIMIT_MS, client.startTLS(tlsOptions));
      return client;
    } catch (error) {
      hangUp(client);
      throw directoryErrorOf(error);
    }
  }

  /** The library waits for a handshake as long as it takes. */
  #within(limitMs: number, work: Promise<void>): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const message = `no TLS handshake within ${limitMs / 1000} s`;
      timer = this.#clock.after(limitMs, () => reject(new DirectoryError("url", message)));
    });
    return Promise.race([work, late]).finally(() => timer?.cancel());
  }
}

async function bindAsOurselves(client: Client, { settings, password }: DirectoryAccess): Promise<void> {
  const { bindDn } = settings;
  if (bindDn === "") return;
  try {
    await client.bind(bindDn, password ?? "");
  } catch (error) {
    if (error instanceof InvalidCredentialsError)
      throw new DirectoryError("bindDn", "the directory does not accept this name with the password kept for it");
    throw error;
  }
}

/** Nobody waits for the farewell, and a connection that is broken already has none. */
function hangUp(client: Client): void {
  client.unbind().catch(() => undefined);
}

function tlsOptionsOf({ settings, trustedPem }: DirectoryAccess): ConnectionOptions {
  const host = hostOf(settings);
  return {
    ca: settings.authorityPem === "" ? [...trustedPem] : [settings.authorityPem],
    minVersion: "TLSv1.2",
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
  };
}

function hostOf({ url }: DirectorySettings): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

function entryOf(entry: Entry, key: string): DirectoryEntry {
  const attributes = new Map<string, readonly string[]>();
  let found: string | undefined;
  for (const [name, value] of Object.entries(entry)) {
    if (name === "dn") continue;
    const values = [value].flat().map(textOf);
    if (name.toLowerCase() === key.toLowerCase()) found = values[0];
    attributes.set(name.toLowerCase(), values);
  }
  return { dn: entry.dn, key: found === undefined || found === "" ? undefined : found, attributes };
}

function textOf(value: string | Buffer): string {
  if (typeof value === "string") return value;
  return value.every((octet) => octet >= 0x20 && octet < 0x7f) ? value.toString("latin1") : value.toString("hex");
}
