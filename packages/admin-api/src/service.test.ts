import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dependentsOf, findService, serviceNames, serviceTable } from "./service.ts";

describe("the service table", () => {
  test("starts nothing before what it needs", () => {
    for (const [at, name] of serviceNames.entries())
      for (const needed of serviceTable[name].needs) assert.ok(serviceNames.indexOf(needed) < at, `${name}: ${needed}`);
  });

  test("names what stops and restarts with a service, and not the service itself", () => {
    assert.deepEqual(dependentsOf("xmpp-router"), ["sip-federation", "xmpp-federation", "xmpp-client", "web-client"]);
    assert.deepEqual(dependentsOf("presence-datastore"), ["xmpp-router", ...dependentsOf("xmpp-router")]);
    assert.deepEqual(dependentsOf("sip-proxy"), []);
  });

  test("finds every service by its own name and by each name it is known as", () => {
    for (const name of serviceNames)
      for (const spelling of [name, ...serviceTable[name].knownAs])
        assert.deepEqual(findService(spelling), { kind: "found", name }, spelling);
  });

  const rows: readonly (readonly [string, string])[] = [
    ["cisco sip proxy", "sip-proxy"],
    ["SIP Proxy", "sip-proxy"],
    ["  Cisco   XCP Router ", "xmpp-router"],
    ["Cisco XCP SIP Federation CM", "sip-federation"],
    ["XCP Connection Manager", "xmpp-client"],
    ["xmpp-r", "xmpp-router"],
    ["Cisco XCP Web", "web-client"],
    ["conf", "config"],
  ];
  for (const [text, name] of rows)
    test(`finds ${name} for "${text}"`, () => assert.deepEqual(findService(text), { kind: "found", name }));

  test("names the candidates of an ambiguous beginning", () => {
    assert.deepEqual(findService("sip-"), { kind: "ambiguous", names: ["sip-federation", "sip-proxy"] });
  });

  test("finds nothing for nothing, and for a service there is not", () => {
    for (const text of ["", "  ", "tomcat", "Cisco XCP Text Conference Manager"])
      assert.deepEqual(findService(text), { kind: "unknown" });
  });
});
