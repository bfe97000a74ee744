import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  acl,
  ask,
  certificate,
  connection,
  contoso,
  domain,
  facts,
  makeFederation,
  request,
  route,
  selected,
  told,
} from "../federation-parts.ts";

/** Class 21: who has proved nothing gets nothing, whatever he sends; who has proved something speaks for that alone. */
describe("requests without authentication (attack class 21)", () => {
  const METHODS = [
    "MESSAGE",
    "SUBSCRIBE",
    "INVITE",
    "NOTIFY",
    "PUBLISH",
    "REGISTER",
    "REFER",
    "OPTIONS",
    "INFO",
    "BYE",
  ];
  const fabrikam = [
    domain("fabrikam.example"),
    route("fabrikam.example", "edge.fabrikam.example"),
    selected("edge.fabrikam.example"),
  ];

  for (const method of METHODS) {
    test(`${method} by an address that nothing lists, without TLS`, () => {
      const { federation } = makeFederation(...contoso);
      const plain = connection(undefined, { protocol: "tcp", remoteAddress: "198.51.100.7" });
      const verdict = federation.requestGate.admit(request({ method }), plain);
      assert.match(told(verdict), /^403 (incoming-acl|claimed-domain)$/);
    });

    test(`${method} by an address that is listed, in the name of a domain it does not belong to`, () => {
      const { federation } = makeFederation(...contoso, acl("Allow from 198.51.100.7"));
      const plain = connection(undefined, { protocol: "udp", remoteAddress: "198.51.100.7" });
      assert.equal(told(federation.requestGate.admit(request({ method }), plain)), "403 claimed-domain");
    });

    test(`${method} by a federated peer in the name of a local user`, () => {
      const parts = makeFederation(...contoso);
      assert.equal(told(ask(parts, { method, from: "sip:alice@example.com" })), "403 domain-not-federated");
    });

    test(`${method} by a federated peer in the name of another peer's user`, () => {
      const parts = makeFederation(...contoso, ...fabrikam);
      assert.equal(told(ask(parts, { method, from: "sip:eve@fabrikam.example" })), "403 claimed-domain");
    });
  }

  for (const uri of ["sip:alice@example.com", "sip:carol@example.com", "sip:bob@contoso.example"]) {
    test(`nobody registers or publishes for ${uri}`, () => {
      const parts = makeFederation(...contoso);
      for (const method of ["REGISTER", "PUBLISH"])
        assert.match(
          told(ask(parts, { method, uri })),
          /^(403 method-policy|404 (unknown-user|federation-address|no-relay))$/,
        );
    });
  }

  test("a certificate of our own authority for another name lets nobody in", () => {
    const { federation } = makeFederation(...contoso);
    const verdict = federation.connectionGate.admit(facts(certificate("imp1.example.com")));
    assert.deepEqual(verdict, { kind: "refuse", rule: "tls-peer-subject" });
  });
});
