import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandTable } from "./command-table.ts";
import { readLine } from "./read-line.ts";

describe("a line of the shell", () => {
  const understood = [
    { line: "show network eth0", command: { kind: "show-network", amount: "brief" } },
    { line: "  show   network eth0 detail ", command: { kind: "show-network", amount: "detail" } },
    { line: "sh n e d", command: { kind: "show-network", amount: "detail" } },
    { line: "SHOW STATUS", command: { kind: "show-status" } },
    { line: "show version active", command: { kind: "show-version" } },
    { line: "show cert list own", command: { kind: "list-certificates", store: "own" } },
    { line: "show cert list trust", command: { kind: "list-certificates", store: "trust" } },
    { line: "set network domain Example.ORG", command: { kind: "set-domain", domain: "Example.ORG" } },
    { line: "utils network host imp1.example.com", command: look("imp1.example.com", "address") },
    { line: "utils network host _sip._tls.example.com srv", command: look("_sip._tls.example.com", "srv") },
    { line: "utils network host srv", command: look("srv", "address") },
    { line: "utils service list", command: { kind: "list-services" } },
    { line: "utils service start sip-proxy", command: control("start", "sip-proxy") },
    { line: "utils service stop Cisco SIP Proxy", command: control("stop", "Cisco SIP Proxy") },
    { line: 'utils service restart "A Cisco DB"', command: control("restart", "A Cisco DB") },
    { line: "utils service restart list", command: control("restart", "list") },
    { line: "utils system restart", command: { kind: "restart-system" } },
    { line: "help", command: { kind: "help", about: "" } },
    { line: "help utils service", command: { kind: "help", about: "utils service" } },
    { line: "q", command: { kind: "quit" } },
  ];
  for (const { line, command } of understood) {
    test(`${line} is understood`, () => {
      const reading = readLine(line, commandTable);
      assert.deepEqual(reading.kind === "command" ? reading.command : reading, command);
    });
  }

  const refused = [
    { line: "launch", says: { kind: "unknown", word: "launch", expected: ["show", "set", "utils", "help", "quit"] } },
    { line: "s", says: { kind: "ambiguous", word: "s", candidates: ["show", "set"] } },
    { line: "utils s list", says: { kind: "ambiguous", word: "s", candidates: ["service", "system"] } },
    { line: "utils service st x", says: { kind: "ambiguous", word: "st", candidates: ["start", "stop"] } },
    { line: "show network eth1", says: { kind: "unknown", word: "eth1", expected: ["eth0"] } },
    { line: "show network eth0 briefly", says: { kind: "unknown", word: "briefly", expected: ["detail"] } },
    { line: "quit now", says: { kind: "unknown", word: "now", expected: [] } },
    { line: "set network domain a.example b", says: { kind: "unknown", word: "b", expected: [] } },
    { line: "show", says: { kind: "incomplete", expected: ["network", "status", "version", "cert"] } },
    { line: "set network domain", says: { kind: "incomplete", expected: ["NAME"] } },
    { line: "utils service start", says: { kind: "incomplete", expected: ["NAME"] } },
    { line: "show cert list", says: { kind: "incomplete", expected: ["own", "trust"] } },
    { line: "   ", says: { kind: "nothing" } },
    {
      line: "constructor",
      says: { kind: "unknown", word: "constructor", expected: ["show", "set", "utils", "help", "quit"] },
    },
  ];
  for (const { line, says } of refused) {
    test(`"${line}" is told what could stand there`, () => {
      assert.deepEqual(readLine(line, commandTable), says);
    });
  }
});

function look(name: string, record: string) {
  return { kind: "look-up", name, record };
}

function control(action: string, service: string) {
  return { kind: "control-service", action, service };
}
