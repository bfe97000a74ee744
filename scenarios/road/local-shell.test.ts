import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { CommandLine } from "../harness/command-line.ts";
import { RoadBed } from "../harness/road-bed.ts";

/** The shell without SSH: on the node's own machine nobody needs a password. */
describe("interpres shell", () => {
  let bed: RoadBed;
  let line: CommandLine;

  before(async () => {
    bed = await RoadBed.start();
    line = new CommandLine(bed.node);
  });

  after(() => bed?.end());

  test("does one command, with its exit status", async () => {
    const { code, out } = await line.run(["shell", "show", "network", "eth0"]);
    assert.equal(code, 0);
    assert.match(out, /^Ethernet 0\nDHCP/);
    const unknown = await line.run(["shell", "frobnicate"]);
    assert.deepEqual([unknown.code, unknown.out], [2, ""]);
    assert.match(unknown.err, /could be show/);
    assert.equal((await line.run(["shell", "utils service start nothing"])).code, 1);
  });

  test("takes a session from a pipe", async () => {
    const { code, out } = await line.run(["shell"], "show version active\nutils service list\nquit\n");
    assert.equal(code, 0);
    assert.match(out, /^Active Version[\s\S]*sip-proxy\[STARTED\]/);
  });

  test("asks before the domain changes, and takes nothing but y", async () => {
    const no = await line.run(["shell", "set network domain example.org"], "yes\n");
    assert.equal(no.code, 1);
    assert.match(no.out, /Continue \(y\/n\)\?\n$/);
    const json = await line.run(["--json", "shell", "set network domain example.org"], "y\n");
    const answer = JSON.parse(json.out) as { readonly status: number; readonly output: readonly string[] };
    assert.equal(answer.status, 0);
    assert.ok(answer.output.includes("This node is now imp1.example.org."), json.out);
    assert.match((await line.run(["shell", "show network eth0"])).out, /\nDomain +: example\.org\n/);
    // Ports that were free once are known to others by now.
    for (const port of [bed.node.ports.sipTls, bed.node.ports.xmppClient])
      await once(connect(port, "127.0.0.1"), "connect");
  });

  test("does no more than the token's role allows, from elsewhere too", async () => {
    const { token } = (await bed.node.admin.ask("POST", "/tokens", { name: "reader", role: "auditor" })) as {
      readonly token: string;
    };
    const shown = await line.run(["--token", token, "shell", "show", "status"]);
    assert.equal(shown.code, 0);
    const refused = await line.run(["--token", token, "shell", "utils service stop sip-proxy"]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /needs the role operator/);
    assert.equal((await line.run(["--token", "guessed", "shell", "show", "status"])).code, 1);
  });
});
