import type { ShownAddress } from "@interpres/admin-api";
import type { Gateway } from "@interpres/interworking";
import type { KnownAddresses } from "./known-addresses.ts";
import { mixesScripts } from "./skeleton.ts";

/** An address to be shown: a JID, a SIP URI or a domain; `uri` is how a SIP request wrote it, where that is known. */
export interface Named {
  readonly address: string | undefined;
  readonly uri?: string | undefined;
}

/** What people have to see of an address beside one of its forms (RFC 7247 §8). */
export class ShownAddresses {
  readonly #gateway: Pick<Gateway, "bothForms">;
  readonly #known: Pick<KnownAddresses, "looksLike">;

  constructor(gateway: Pick<Gateway, "bothForms">, known: Pick<KnownAddresses, "looksLike">) {
    this.#gateway = gateway;
    this.#known = known;
  }

  /** Of each that is an address; of a domain or any other text only where it needs a warning. */
  of(...named: readonly Named[]): ShownAddress[] {
    return named.flatMap(({ address, uri }) => (address === undefined ? [] : this.#shown(address, uri)));
  }

  /** Of what an administrator typed: a SIP URI, perhaps without its scheme. */
  typed(text: string): ShownAddress[] {
    return this.of({ address: /^sips?:/i.test(text) || !text.includes("@") ? text : `sip:${text}` });
  }

  #shown(address: string, uri: string | undefined): readonly ShownAddress[] {
    const forms = this.#gateway.bothForms(address);
    const jid = forms?.jid ?? address;
    const facts = { jid, looksLike: [...this.#known.looksLike(jid)], mixesScripts: mixesScripts(jid) };
    if (forms === undefined && facts.looksLike.length === 0 && !facts.mixesScripts) return [];
    return [{ ...facts, sipUri: uri ?? forms?.sipUri ?? null }];
  }
}
