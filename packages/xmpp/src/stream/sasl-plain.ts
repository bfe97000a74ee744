import type { BareJid } from "../address/jid.ts";
import {
  type Credentials,
  failure,
  isOwnIdentity,
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  userNamed,
} from "./sasl-exchange.ts";
import { decoyKeys, verifyPassword } from "./scram-keys.ts";

interface Account {
  readonly user: BareJid;
  readonly credentials: Credentials;
}

/**
 * SASL PLAIN (RFC 4616 §2), checked against the SCRAM-SHA-256 keys, or by the keeper of the password where there are none.
 * Offered over TLS only.
 */
export class PlainExchange implements SaslExchange {
  readonly #context: SaslContext;

  constructor(context: SaslContext) {
    this.#context = context;
  }

  async respond(message: string): Promise<SaslStep> {
    const [authzid, name, password, ...rest] = message.split("\0");
    if (authzid === undefined || !name || !password || rest.length > 0) return failure("malformed-request");
    const account = this.#account(name);
    const verdict = await this.#check(name, password, account);
    if (verdict === "unavailable") return failure("temporary-auth-failure");
    if (verdict === "wrong" || account === undefined) return failure("not-authorized");
    if (!account.credentials.enabled) return failure("account-disabled");
    const { user } = account;
    return isOwnIdentity(authzid, user) ? { kind: "success", user } : failure("invalid-authzid");
  }

  #account(name: string): Account | undefined {
    const user = userNamed(name, this.#context);
    const credentials = user === undefined ? undefined : this.#context.source.credentials(user);
    return user === undefined || credentials === undefined ? undefined : { user, credentials };
  }

  async #check(
    name: string,
    password: string,
    account: Account | undefined,
  ): Promise<"right" | "wrong" | "unavailable"> {
    if (account !== undefined && account.credentials.scram === undefined)
      return this.#context.keeper.check(account.user, password);
    const keys = account?.credentials.scram?.sha256 ?? decoyKeys("sha256", name, this.#context.decoySecret);
    return (await verifyPassword("sha256", keys, password)) ? "right" : "wrong";
  }
}
