import {
  failure,
  isOwnIdentity,
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  userNamed,
} from "./sasl-exchange.ts";
import { decoyKeys, verifyPassword } from "./scram-keys.ts";

/** SASL PLAIN (RFC 4616 §2), checked against the SCRAM-SHA-256 keys. Offered over TLS only. */
export class PlainExchange implements SaslExchange {
  readonly #context: SaslContext;

  constructor(context: SaslContext) {
    this.#context = context;
  }

  async respond(message: string): Promise<SaslStep> {
    const [authzid, name, password, ...rest] = message.split("\0");
    if (authzid === undefined || !name || !password || rest.length > 0) return failure("malformed-request");
    const user = userNamed(name, this.#context);
    const found = user === undefined ? undefined : this.#context.source.credentials(user);
    const keys = found?.scram.sha256 ?? decoyKeys("sha256", name, this.#context.decoySecret);
    const isRight = await verifyPassword("sha256", keys, password);
    if (!isRight || user === undefined || found === undefined) return failure("not-authorized");
    if (!found.enabled) return failure("account-disabled");
    return isOwnIdentity(authzid, user) ? { kind: "success", user } : failure("invalid-authzid");
  }
}
