import assert from "node:assert/strict";
import type { HeaderLine, SipRequest } from "@interpres/sip";
import { answered, type FakeSession, request } from "./fake-user-agent.ts";
import { GatewayUnderTest, MICROSOFT } from "./gateway-under-test.ts";

export const ALICE = "alice@example.com";
export const DESK = `${ALICE}/desk`;
export const BILL = `bill@${MICROSOFT}`;

/** SDP of an IM session as a Microsoft client offers it. */
export const offer =
  "v=0\r\no=- 0 0 IN IP4 192.0.2.5\r\ns=session\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\nm=message 5060 sip null\r\na=accept-types:text/plain \r\n";

export function invite(
  overrides: {
    readonly body?: string;
    readonly headers?: readonly (readonly [string, string])[];
    readonly from?: string;
    readonly to?: string;
  } = {},
): SipRequest {
  return request("INVITE", {
    from: overrides.from ?? `sip:${BILL}`,
    to: overrides.to ?? `sip:${ALICE}`,
    headers: overrides.headers ?? [
      ["Content-Type", "application/sdp"],
      ["ms-text-format", "text/plain; charset=UTF-8; ms-body=aGVsbG8="],
      ["Supported", "ms-embedded-first-message"],
    ],
    body: overrides.body ?? offer,
  });
}

export function inDialog(method: string, body: string, type: string, ...more: readonly HeaderLine[]): SipRequest {
  return request(method, { from: `sip:${BILL}`, to: `sip:${ALICE}`, headers: [["Content-Type", type], ...more], body });
}

/** What was said in a session: method and body. */
export function said(session: FakeSession | undefined): readonly string[] {
  return (session?.sent ?? []).map(({ method, request: { body } }) => `${method} ${Buffer.from(body).toString()}`);
}

/** A gateway whose user talks with a foreign contact already. */
export async function talking(): Promise<{ readonly node: GatewayUnderTest; readonly session: FakeSession }> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(DESK);
  node.say(DESK, BILL, "one");
  const [session] = node.agent.invited;
  assert.ok(session !== undefined);
  session.establish();
  session.sent[0]?.done(answered(200));
  session.sent.splice(0);
  return { node, session };
}
