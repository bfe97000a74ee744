import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, PASSWORD, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const WORDS = "Between you and me";

interface Traced {
  readonly leg: string;
  readonly peer: string | null;
  readonly text: string;
}

/** What passes between a local user and a Microsoft domain, as the administrator sees it (contract sections 2 and 4). */
describe("interpres trace", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let line: CommandLine;

  before(async () => {
    bed = await RoadBed.start();
    line = new CommandLine(bed.node);
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    await bed.edge.say("bob", ALICE, WORDS);
    await alice.waitFor(isBody(WORDS));
  });

  after(() => bed?.end());

  test("draws both legs of a conversation as a ladder of 80 columns", async () => {
    const { code, out, err } = await line.run(["trace", "--peer", FOREIGN]);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /contoso\.example +Interpres/);
    assert.match(out, /Interpres +alice@example\.com/);
    assert.match(out, /\d\d:\d\d:\d\d \|-+ INVITE alice@example\.com -+>\| +\|\n/);
    assert.match(
      out,
      /\| {30,}\|-+ message chat to alice@example\.com? -*>\|\n|\|-+ message chat to alice@exampl… -*>\|\n/,
    );
    assert.ok(out.split("\n").every((each) => [...each].length <= 80));
    assert.doesNotMatch(out, /<iq|session/, "what concerns nobody there is left out");
  });

  test("tells nobody what was said, unless an administrator asks, and nobody at all how one signs in", async () => {
    const masked = await line.run(["trace", "--messages"]);
    assert.match(masked.out, /CALL-ID: /i);
    assert.match(masked.out, /<body>\(masked\)<\/body>/);
    const shown = await line.run(["trace", "--bodies"]);
    assert.match(shown.out, new RegExp(`<body>${WORDS}</body>`));
    const inBase64 = (words: string): string => Buffer.from(words).toString("base64").replace(/=+$/, "");
    for (const secret of [WORDS, inBase64(WORDS)]) assert.ok(!masked.out.includes(secret), secret);
    for (const secret of [PASSWORD, inBase64(`\0alice\0${PASSWORD}`)])
      assert.ok(!`${masked.out}${shown.out}`.includes(secret), secret);
    assert.match(shown.out, /<(?:auth|response)[^>]*>\(masked\)</);
    const audit = JSON.stringify(await bed.node.admin.ask("GET", "/audit"));
    assert.match(audit, /"resource":"trace".*"bodies":"shown"/);
  });

  test("follows what passes, as JSON lines where asked", async () => {
    const following = line.start(["--json", "trace", "--follow", "--recent", "0", "--peer", FOREIGN]);
    // The connection stands once what is asked of it is in the audit.
    await eventually(async () => {
      assert.match(JSON.stringify(await bed.node.admin.ask("GET", "/audit")), /"afterwards":"follow"/);
    });
    alice.send(`<message to='${BOB}' type='chat'><body>And you?</body></message>`);
    await eventually(() => assert.ok(following.out.trim().split("\n").length >= 3, following.out));
    following.interrupt();
    await following.ended();
    const events = following.out
      .trim()
      .split("\n")
      .map((each) => JSON.parse(each) as Traced);
    assert.ok(events.every(({ peer }) => peer === FOREIGN));
    assert.deepEqual([...new Set(events.map(({ leg }) => leg))].sort(), ["sip", "xmpp"]);
    assert.doesNotMatch(following.out, /And you\?/);
  });

  test("shows one user's part, and nothing of a domain nothing passed with", async () => {
    const { out } = await line.run(["trace", "--user", ALICE]);
    assert.match(out, /alice@example\.com/);
    const none = await line.run(["trace", "--peer", "elsewhere.example"]);
    assert.deepEqual([none.code, none.out], [0, "nothing passed\n"]);
    assert.equal((await line.run(["trace", "--recent", "some"])).code, 2);
  });
});
