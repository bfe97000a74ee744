import assert from "node:assert/strict";
import type { FakeSubscription } from "./fake-user-agent.ts";
import { GatewayUnderTest, STANDARD } from "./gateway-under-test.ts";

export const ALICE = "alice@example.com";
export const BOB = `bob@${STANDARD}`;

/** PIDF with one tuple and, where one is named, an RPID activity (RFC 3863, RFC 4480). */
export function pidf(basic: string, activity = ""): string {
  const busy =
    activity === ""
      ? ""
      : `<e:activities xmlns:e="urn:ietf:params:xml:ns:pidf:status:rpid-status"><e:activity>${activity}</e:activity></e:activities>`;
  return `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:x@y"><tuple id="0"><status><basic>${basic}</basic>${busy}</status></tuple></presence>`;
}

/** Alice has asked to watch, and there is no answer yet (RFC 8048 §5.2.1). */
export async function asked(
  contact = BOB,
): Promise<{ readonly node: GatewayUnderTest; readonly subscription: FakeSubscription }> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(`${ALICE}/desk`);
  node.presence("subscribe", ALICE, contact);
  const [subscription] = node.agent.subscriptions;
  assert.ok(subscription !== undefined);
  return { node, subscription };
}

/** She was granted it, is told of that, and sees the contact there. */
export async function granted(
  contact = BOB,
): Promise<{ readonly node: GatewayUnderTest; readonly subscription: FakeSubscription }> {
  const made = await asked(contact);
  made.subscription.notify("active", pidf("open"));
  made.node.local.told();
  return made;
}
