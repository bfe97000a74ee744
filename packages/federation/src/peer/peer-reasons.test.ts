import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest, buildResponse } from "@interpres/sip";
import { type PeerReason, peerReasonsIn } from "./peer-reasons.ts";

const invite = buildRequest({
  method: "INVITE",
  requestUri: "sip:bob@contoso.example",
  headers: [
    ["Via", "SIP/2.0/TLS us.example:5061;branch=z9hG4bK1"],
    ["From", "<sip:alice@example.com>;tag=a"],
    ["To", "<sip:bob@contoso.example>"],
    ["Call-ID", "c"],
    ["CSeq", "1 INVITE"],
  ],
});

function reasons(...headers: readonly (readonly [string, string])[]): readonly PeerReason[] {
  return peerReasonsIn(buildResponse(invite, 504, { toTag: "t", headers }));
}

/** What the numbers mean, in the words of the administrator who has to act (dialect facts, section 1.9). */
describe("the reasons a peer gives for a refusal", () => {
  const numbers: readonly (readonly [string, RegExp, RegExp])[] = [
    ["1003", /no such user/, /--to/],
    ["1007", /cannot be routed/, /front end/],
    ["1008", /no SRV record of ours/, /publish the SRV/],
    ["1009", /does not fit our domain/, /publish the SRV/],
    ["1010", /do not trust our certificate/, /import our authority/],
    ["1011", /gave no reason/, /our decisions/],
    ["1014", /no address/, /A record/],
    ["1017", /not route between/, /list our domain/],
    ["1018", /could not read/, /trace/],
    ["1027", /not allow this from federated/, /list our domain/],
    ["1028", /not allowed there/, /list our domain/],
    ["1034", /gave no reason/, /our decisions/],
    ["1036", /gave no reason/, /our decisions/],
    ["1037", /gave no reason/, /our decisions/],
    ["1038", /could not connect to us/, /SIP port/],
    ["1046", /could not connect to us/, /SIP port/],
    ["1047", /TLS with us failed/, /import our authority/],
    ["2165", /not offered/, /^$/],
    ["4141", /disabled there/, /^$/],
    ["6001", /conference did not answer/, /^$/],
    ["1047.3", /TLS with us failed/, /import our authority/],
    ["12", /servers in general/, /^$/],
    ["1999", /their SIP stack/, /^$/],
    ["2001", /of presence/, /^$/],
    ["3001", /user services/, /^$/],
    ["4001", /user services/, /^$/],
    ["5001", /an application/, /^$/],
    ["6002", /of conferences/, /^$/],
    ["7001", /audio and video/, /^$/],
    ["10001", /mediation/, /^$/],
    ["15009", /of voice/, /^$/],
    ["16001", /message filter/, /^$/],
    ["17001", /client versions/, /^$/],
    ["90001", /public IM/, /^$/],
  ];
  for (const [number, means, remedy] of numbers)
    test(`ms-diagnostics ${number}`, () => {
      const [reason] = reasons(["ms-diagnostics", `${number};reason="x";source="sip.contoso.example"`]);
      assert.ok(reason?.text.startsWith(`ms-diagnostics ${number} from sip.contoso.example: x (`));
      assert.match(reason?.text ?? "", means);
      assert.match(reason?.remedy ?? "", remedy);
    });

  test("parameters in any order, blanks between them, semicolons within", () => {
    const [reason] = reasons([
      "Ms-Diagnostics-Public",
      '1046; source="edge.contoso.example";fqdn="sip.example.com:5061" ; reason="Failed; peer=\\"x\\"";peer-type="FederatedPartner"',
    ]);
    assert.equal(
      reason?.text,
      'ms-diagnostics 1046 from edge.contoso.example: Failed; peer="x" (they could not connect to us)',
    );
  });

  test("what cannot be taken apart is told as it is", () => {
    assert.deepEqual(reasons(["ms-diagnostics", '"broken']), [{ text: 'ms-diagnostics "broken', remedy: undefined }]);
  });

  test("Warning 309 of servers before ms-diagnostics: the filter for contents", () => {
    const [reason] = reasons(["Warning", '309 lcs.contoso.example "Message contents not allowed by policy"']);
    assert.match(reason?.text ?? "", /^Warning: 309 .*\(their message filter blocks the contents\)$/);
  });

  test("all that is said, the public header first", () => {
    const all = reasons(
      ["Reason", 'SIP;cause=504;text="late"'],
      ["ms-diagnostics", '1034;reason="a"'],
      ["ms-diagnostics-public", '1007;reason="b"'],
    );
    assert.deepEqual(
      all.map(({ text }) => text.split(" ").slice(0, 2).join(" ")),
      ["ms-diagnostics 1007:", "ms-diagnostics 1034:", 'Reason: SIP;cause=504;text="late"'],
    );
  });
});
