import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowEvent } from "@interpres/runtime";
import { FakeClock, somePath } from "@interpres/testkit";
import { FlowHistory, type FlowRecord, masked } from "./flow-history.ts";

const LIMITS = {
  domains: 2,
  recordsOfDomain: 3,
  charactersOfDomain: 100,
  charactersOfRecord: 50,
  burst: 100,
  recordsPerSecond: 10,
};

function history(): FlowHistory {
  const peers = {
    get: (domain: string) => (domain.endsWith(".example") ? { domain: domain.replace("alias.", "") } : undefined),
  };
  return new FlowHistory({ clock: new FakeClock(), peers }, LIMITS);
}

function event(summary: string, parties: readonly string[], text = summary): FlowEvent {
  return {
    leg: "sip",
    direction: "inbound",
    remote: "tls:192.0.2.1:5061",
    summary,
    path: () => somePath,
    parties: () => parties,
    text: () => text,
  };
}

const alice = "alice@example.com";
const said = (records: readonly FlowRecord[]): readonly string[] => records.map(({ summary }) => summary);

describe("the history of what passed", () => {
  test("is kept by federated domain, in whichever order the parties stand", () => {
    const flows = history();
    flows.flow(event("one", [alice, "bob@a.example"]));
    flows.flow(event("two", ["eve@b.example", alice]));
    assert.deepEqual(said(flows.recent({ peer: "a.example" }, 9)), ["one"]);
    assert.deepEqual(said(flows.recent({ peer: "b.example" }, 9)), ["two"]);
    flows.flow(event("three", [alice, "carol@example.com"]));
    assert.deepEqual(said(flows.recent({ peer: "" }, 9)), ["three"]);
    assert.deepEqual(said(flows.recent({ peer: "c.example" }, 9)), []);
  });

  test("of an alias is kept with the domain it stands for (facts R9)", () => {
    const flows = history();
    flows.flow(event("one", [alice, "bob@a.example"]));
    flows.flow(event("two", ["bob@alias.a.example", alice]));
    assert.deepEqual(said(flows.recent({ peer: "a.example" }, 9)), ["one", "two"]);
  });

  test("answers in the order things passed, the newest of them, and by user", () => {
    const flows = history();
    flows.flow(event("one", [alice, "bob@a.example"]));
    flows.flow(event("two", ["dan@example.com", "bob@b.example"]));
    flows.flow(event("three", [alice, "bob@a.example"]));
    assert.deepEqual(said(flows.recent({}, 2)), ["two", "three"]);
    assert.deepEqual(said(flows.recent({}, 0)), []);
    assert.deepEqual(said(flows.recent({ user: alice }, 9)), ["one", "three"]);
  });

  test("one talkative domain costs another nothing, and itself its oldest", () => {
    const flows = history();
    flows.flow(event("quiet", [alice, "bob@a.example"]));
    for (const word of ["1", "2", "3", "4"]) flows.flow(event(word, [alice, "bob@b.example"]));
    assert.deepEqual(said(flows.recent({}, 9)), ["quiet", "2", "3", "4"]);
  });

  test("the domain silent longest is forgotten when there are too many", () => {
    const flows = history();
    for (const domain of ["a", "b", "a", "c"]) flows.flow(event(domain, [alice, `bob@${domain}.example`]));
    assert.deepEqual(said(flows.recent({}, 9)), ["a", "a", "c"]);
  });

  test("long messages are cut, and together they have a limit", () => {
    const flows = history();
    for (const word of ["1", "2", "3"]) flows.flow(event(word, [alice, "bob@a.example"], "x".repeat(200)));
    const records = flows.recent({}, 9);
    assert.deepEqual(said(records), ["3"]);
    assert.equal(records[0]?.text, `${"x".repeat(50)} …`);
  });

  test("who follows hears what fits, until it has heard enough", () => {
    const flows = history();
    const heard: string[] = [];
    const end = flows.follow({ peer: "a.example" }, ({ summary }) => heard.push(summary));
    flows.flow(event("one", [alice, "bob@a.example"]));
    flows.flow(event("two", [alice, "bob@b.example"]));
    end();
    flows.flow(event("three", [alice, "bob@a.example"]));
    assert.deepEqual(heard, ["one"]);
  });

  test("is a sample under steady load, and whole for whoever follows", () => {
    const clock = new FakeClock();
    const flows = new FlowHistory(
      { clock, peers: { get: (domain) => ({ domain }) } },
      { ...LIMITS, burst: 2, recordsPerSecond: 1 },
    );
    const pass = (summary: string): void => flows.flow(event(summary, [alice]));
    for (const summary of ["one", "two", "three"]) pass(summary);
    clock.advance(1000);
    pass("four");
    assert.deepEqual(said(flows.recent({}, 9)), ["one", "two", "four"]);
    const heard: string[] = [];
    const end = flows.follow({}, ({ summary }) => heard.push(summary));
    for (const summary of ["five", "six"]) pass(summary);
    end();
    pass("seven");
    assert.deepEqual(heard, ["five", "six"]);
    assert.deepEqual(said(flows.recent({}, 9)), ["four", "five", "six"]);
  });

  test("credentials are shown to nobody, and bodies are shown only to those who may see them", () => {
    const flows = new FlowHistory({ clock: new FakeClock(), peers: { get: (domain) => ({ domain }) } });
    const text = [
      "MESSAGE sip:alice@example.com SIP/2.0",
      'Authorization: Digest username="bob", response="c0ffee"',
      "PROXY-AUTHORIZATION : Digest c0ffee",
      "ms-text-format: text/plain; charset=UTF-8; ms-body=c2VjcmV0",
      "Subject: secret plans",
      "Content-Length: 6",
      "",
      "secret",
    ].join("\r\n");
    flows.flow(event("MESSAGE", [alice], text));
    const [record] = flows.recent({}, 1);
    assert.ok(record);
    assert.doesNotMatch(record.text, /c0ffee/);
    assert.match(record.text, /secret plans[\s\S]*\r\n\r\nsecret$/);
    assert.doesNotMatch(masked(record).text, /secret|c2VjcmV0/);
    assert.match(masked(record).text, /^MESSAGE sip:alice.*\r\nAuthorization: \(masked\)\r\n/);
  });

  test("of XML only names and attributes are left", () => {
    const flows = new FlowHistory({ clock: new FakeClock(), peers: { get: (domain) => ({ domain }) } });
    const text = "<iq type='set'><query><username>al</username><password>s3cret</password></query></iq>";
    flows.flow({ ...event("iq", [alice], text), leg: "xmpp" });
    const [record] = flows.recent({}, 1);
    assert.ok(record);
    assert.match(record.text, /<username>al<.*<password>\(masked\)</);
    assert.doesNotMatch(masked(record).text, />al</);
    const message = { ...record, text: "<message to='b@a.example'><body>hush</body></message>" };
    assert.equal(masked(message).text, "<message to='b@a.example'><body>(masked)</body></message>");
  });
});
