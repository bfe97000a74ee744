import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildRequest, buildResponse, type HeaderLine, type SipResponse, type SipTransport } from "@interpres/sip";
import { dialects } from "../peer/dialect.ts";
import type { SipFederatedDomain } from "../peer/sip-federated-domain.ts";
import { diagnosedTransport } from "./diagnosed-transport.ts";

interface Refused {
  readonly status: number;
  readonly headers?: readonly HeaderLine[];
  readonly from?: string;
  readonly integrationType?: SipFederatedDomain["integrationType"];
  readonly reason?: string;
}

/** What leaves when a request of contoso.example is answered so. */
function sent({ status, headers = [], reason, ...asked }: Refused): SipResponse {
  const { from = "<sip:bob@contoso.example>;tag=b", integrationType = "microsoft" } = asked;
  const out: SipResponse[] = [];
  const below = { sendResponse: (response: SipResponse) => void out.push(response) } as unknown as SipTransport;
  const dialect = dialects[integrationType];
  const transport = diagnosedTransport(below, {
    peerOf: (domain) => (domain === "contoso.example" ? { domain, dialect } : undefined),
    hostTowards: () => "sip.example.com",
  });
  const request = buildRequest({
    method: "SUBSCRIBE",
    requestUri: "sip:alice@example.com",
    headers: [
      ["Via", "SIP/2.0/TLS edge.contoso.example;branch=z9hG4bK1"],
      ...(from === "" ? [] : [["From", from] as const]),
      ["To", "<sip:alice@example.com>"],
      ["Call-ID", "c"],
      ["CSeq", "1 SUBSCRIBE"],
    ],
  });
  const response = buildResponse(request, status, { toTag: "t", headers, ...(reason === undefined ? {} : { reason }) });
  transport.sendResponse(response, undefined as never);
  assert.ok(out[0]);
  return out[0];
}

function diagnosis(refused: Refused): readonly string[] {
  return sent(refused).all("ms-diagnostics-public");
}

/** Without it Microsoft's servers tell their administrators that we gave no reason (dialect facts, section 1.9). */
describe("ms-diagnostics-public in our refusals", () => {
  const numbers: readonly (readonly [number, number])[] = [
    [400, 1018],
    [403, 1017],
    [404, 1003],
    [405, 1027],
    [415, 2],
    [420, 1027],
    [480, 1007],
    [481, 2],
    [488, 1027],
    [489, 1027],
    [500, 1007],
    [501, 1027],
    [503, 1007],
    [603, 2],
  ];
  for (const [status, number] of numbers)
    test(`${status} is ${number}, with our phrase and our name`, () => {
      assert.deepEqual(diagnosis({ status, reason: `R${status}` }), [
        `${number};reason="R${status}";source="sip.example.com"`,
      ]);
    });

  test("the words of our Warning say more than the phrase", () => {
    const headers: HeaderLine[] = [["Warning", '304 sip.example.com "No \\"calls\\" here"']];
    assert.deepEqual(diagnosis({ status: 488, headers }), [
      '1027;reason="No \\"calls\\" here";source="sip.example.com"',
    ]);
  });

  test("what is no refusal says nothing, nor do answers to those who do not read it", () => {
    assert.deepEqual(diagnosis({ status: 200 }), []);
    assert.deepEqual(diagnosis({ status: 302 }), []);
    assert.deepEqual(diagnosis({ status: 403, integrationType: "standard" }), []);
    assert.deepEqual(diagnosis({ status: 403, integrationType: "aol" }), []);
    assert.deepEqual(diagnosis({ status: 403, from: "<sip:bob@stranger.example>;tag=b" }), []);
  });

  test("an answer to what has no From, or none to be read, leaves as it is", () => {
    assert.deepEqual(diagnosis({ status: 400, from: "" }), []);
    assert.deepEqual(diagnosis({ status: 400, from: "<<" }), []);
  });

  test("the rest of the answer stays as it is", () => {
    const answer = sent({ status: 404, headers: [["Allow", "INVITE"]] });
    assert.deepEqual(answer.all("Allow"), ["INVITE"]);
    assert.deepEqual(answer.all("Content-Length"), ["0"]);
  });
});
