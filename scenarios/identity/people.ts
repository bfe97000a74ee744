import assert from "node:assert/strict";
import type { SipRequest } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, PASSWORD, type RoadBed } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";

export const MAIL_DOMAIN = "mail.example";
export const ALICE = `alice@${LOCAL}`;
export const ALICE_MAIL = `alice.liddell@${MAIL_DOMAIN}`;
export const BOB = `bob@${FOREIGN}`;

/** Adds users by localpart, each with the Mail ID given, or none. */
export async function addUsers(bed: RoadBed, mailIds: Readonly<Record<string, string | undefined>>): Promise<void> {
  const users = Object.entries(mailIds).map(([name, mailId]) => ({
    jid: `${name}@${LOCAL}`,
    password: PASSWORD,
    displayName: name.charAt(0).toUpperCase() + name.slice(1),
    ...(mailId === undefined ? {} : { mailId }),
  }));
  await bed.node.admin.ask("POST", "/users/import", { users });
}

/** Changes how users are known abroad. */
export async function useMailAddresses(bed: RoadBed, more: object = {}): Promise<void> {
  const on = { useEmailAddressWhenFederating: true, acknowledgeWarning: true };
  await bed.node.admin.ask("PATCH", "/presence-settings", { ...on, ...more });
}

export async function useJids(bed: RoadBed): Promise<void> {
  await bed.node.admin.ask("PATCH", "/presence-settings", { useEmailAddressWhenFederating: false });
}

/** She and the foreign user see each other afterwards. `address`: the one he adds her by. */
export async function befriend(bed: RoadBed, client: XmppClient, address: string): Promise<void> {
  await bed.edge.setState("bob", "available");
  client.send(`<presence type='subscribe' to='${BOB}'/>`);
  await client.waitFor((stanza) => isPresence(stanza, undefined, BOB));
  assert.equal((await bed.edge.watch("bob", address)).status, 200);
  await client.waitFor((stanza) => isPresence(stanza, "subscribe"));
  client.send(`<presence type='subscribed' to='${BOB}'/>`);
  await eventually(() => assert.match(lastSeen(bed).body, /<basic>open</));
}

export function say(client: XmppClient, words: string, to = BOB): void {
  client.send(`<message to='${to}' type='chat' id='${words.replaceAll(" ", "-")}'><body>${words}</body></message>`);
}

/** The last presence document that reached the foreign side. */
export function lastSeen(bed: RoadBed): RoadBed["edge"]["seen"][number] {
  const seen = bed.edge.seen.at(-1);
  assert.ok(seen !== undefined, "no NOTIFY came");
  return seen;
}

/** The requests of a method that reached the foreign side, after the first `skipped` requests of all kinds. */
export function requests(bed: RoadBed, method: string, skipped = 0): readonly SipRequest[] {
  return bed.edge.requests
    .slice(skipped)
    .map(({ message }) => message)
    .filter((request) => request.method === method);
}

/** How our user is called in a request of ours. */
export function fromOf(request: SipRequest | undefined): string {
  return request?.from.uri.replace(/^sip:/, "") ?? "";
}
