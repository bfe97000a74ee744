import { BareJid } from "../address/jid.ts";

/** The bare JID of prepared text, without preparing it again: repositories hold nothing else. */
export function contactJid(prepared: string): BareJid {
  const at = prepared.indexOf("@");
  return at < 0 ? new BareJid("", prepared) : new BareJid(prepared.slice(0, at), prepared.slice(at + 1));
}
