import type { AccountRecord } from "@interpres/xmpp";

/** What the audit shows of an account: no verifiers. */
export function auditedAccount({ scram: _verifiers, ...account }: AccountRecord): Omit<AccountRecord, "scram"> {
  return account;
}
