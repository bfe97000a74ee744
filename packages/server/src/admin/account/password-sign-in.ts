import type { SignIn } from "@interpres/admin-api";
import type { Clock, Logger } from "@interpres/runtime";
import type { Administrator, AdministratorTable } from "@interpres/store";
import { checkNobody, isPassword } from "./password-hash.ts";
import { SignInLimit } from "./sign-in-limit.ts";

export type SignInOutcome =
  | { readonly kind: "right"; readonly administrator: Administrator }
  | { readonly kind: "wrong" }
  /** Too many attempts from this address, or for this name. */
  | { readonly kind: "wait"; readonly waitMs: number };

/** Who signs in with name and password: the same check and the same limit at every door. */
export class PasswordSignIn {
  readonly #administrators: AdministratorTable;
  readonly #log: Logger;
  readonly #limit: SignInLimit;

  constructor(ports: {
    readonly administrators: AdministratorTable;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#administrators = ports.administrators;
    this.#log = ports.log;
    this.#limit = new SignInLimit(ports.clock);
  }

  async attempt({ name, password }: SignIn, address: string): Promise<SignInOutcome> {
    const administrator = await this.#administrators.find(name);
    const outcome = await this.#limit.attempt({ name, address }, () =>
      administrator === undefined ? checkNobody(password) : isPassword(password, administrator.passwordHash),
    );
    if (outcome === true && administrator !== undefined) return { kind: "right", administrator };
    this.#log.warn("admin.sign-in-refused", { address });
    return typeof outcome === "object" ? { kind: "wait", waitMs: outcome.waitMs } : { kind: "wrong" };
  }
}
