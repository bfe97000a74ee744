import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { MessageProblem, parseMessage } from "@interpres/sip";
import { isPresenceProblem, readPresenceDocument } from "./presence-document.ts";

/** Basic and activities of the one tuple, the name and the notes. */
function read(xml: string): string {
  const document = readPresenceDocument(Buffer.from(xml));
  assert.ok(!isPresenceProblem(document), JSON.stringify(document));
  const [tuple, ...others] = document.tuples;
  assert.deepEqual(others, []);
  const words = [
    tuple?.basic,
    ...(tuple?.activities ?? []),
    document.displayName,
    ...document.notes.map((one) => one.text),
  ];
  return words.filter((word) => word !== undefined).join(" ");
}

const STATE =
  'xsi:type="aggregateState" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/2006/09/sip/state"';

function categories(state: string, more = ""): string {
  return (
    '<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:bob@contoso.example">' +
    `<category name="state" instance="1"><state ${STATE}>${state}</state></category>${more}</categories>`
  );
}

/** Numbers and tokens of OCS and Lync (dialect facts, section 2.6). */
describe("application/msrtc-event-categories+xml", () => {
  const rows: readonly (readonly [string, number, string, string])[] = [
    ["Available", 3000, "", "open open"],
    ["Available", 3500, "", "open open"],
    ["Available", 4499, "", "open open"],
    ["Inactive", 4500, "", "open idle"],
    ["Inactive", 5000, "idle", "open idle idle"],
    ["Busy", 6000, "", "open busy"],
    ["Busy", 6500, "on-the-phone", "open on-the-phone busy"],
    ["Busy", 6500, "in-a-meeting", "open in-a-meeting busy"],
    ["Busy", 6500, "in-a-conference", "open in-a-conference busy"],
    ["urgent interruptions only", 6900, "urgent-interruptions-only", "open urgent-interruptions-only busy"],
    ["Busy, idle", 8000, "", "open busy"],
    ["Do Not Disturb", 9000, "", "open do-not-disturb"],
    ["Do Not Disturb", 9500, "in-presentation", "open in-presentation do-not-disturb"],
    ["Be Right Back", 12_000, "", "open be-right-back"],
    ["Be Right Back", 14_999, "", "open be-right-back"],
    ["Away", 15_500, "", "open away"],
    ["Away", 15_500, "out-of-office", "open out-of-office away"],
    ["Away", 17_999, "off-work", "open off-work away"],
    ["Offline", 18_000, "", "closed"],
    ["Offline", 18_500, "off-work", "closed"],
    ["unknown", 0, "", "closed"],
    ["unknown", 2999, "", "closed"],
  ];
  for (const [state, availability, token, is] of rows)
    test(`${state} ${availability} ${token}`.trim(), () => {
      const activity = token === "" ? "" : `<activity token="${token}"><custom LCID="1033">x</custom></activity>`;
      assert.equal(read(categories(`<availability>${availability}</availability>${activity}`)), is);
    });

  test("the aggregate among the states, the note, the name on the card", () => {
    const user = `<category name="state" instance="2"><state ${STATE.replace("aggregate", "user")}><availability>15500</availability></state></category>`;
    const others =
      '<category name="note"><note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">At my desk</body></note></category>' +
      '<category name="contactCard"><contactCard xmlns="http://schemas.microsoft.com/2006/09/sip/contactcard"><identity><name><displayName>Bob B.</displayName></name></identity></contactCard></category>';
    const xml = categories("<availability>6500</availability>", others).replace("<category ", `${user}<category `);
    assert.equal(read(xml), "open busy Bob B. At my desk");
  });

  test("no state at all is nobody there", () => {
    assert.equal(
      read('<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:b@c"/>'),
      "closed",
    );
  });
});

/** The two aggregates of LCS 2005 (dialect facts, section 2.6). */
describe("text/xml+msrtc.pidf", () => {
  const rows: readonly (readonly [number, number, string])[] = [
    [0, 0, "closed"],
    [99, 400, "closed"],
    [100, 400, "closed"],
    [199, 600, "closed"],
    [200, 0, "open open"],
    [300, 100, "open away"],
    [300, 150, "open lunch"],
    [300, 200, "open idle"],
    [300, 300, "open be-right-back"],
    [300, 400, "open open"],
    [300, 500, "open on-the-phone"],
    [300, 600, "open busy"],
    [300, 700, "open away"],
    [399, 800, "open open"],
  ];
  for (const [availability, activity, is] of rows)
    test(`availability ${availability}, activity ${activity}`, () => {
      assert.equal(
        read(
          '<presentity uri="bob@contoso.example" xmlns="http://schemas.microsoft.com/2002/09/sip/presence">' +
            `<availability aggregate="${availability}" description="" epid="03640fc59f"/>` +
            `<activity aggregate="${activity}" description="" epid="03640fc59f"/></presentity>`,
        ),
        is,
      );
    });

  test("the name, devices passed over", () => {
    const xml =
      '<presentity uri="bob@contoso.example" xmlns="http://schemas.microsoft.com/2002/09/sip/presence">' +
      '<availability aggregate="300"/><activity aggregate="600"/><displayName displayName="Bob B."/>' +
      '<devices><devicePresence epid="0"><availability aggregate="0"/></devicePresence></devices></presentity>';
    assert.equal(read(xml), "open busy Bob B.");
  });
});

const DOCTYPE = '<!DOCTYPE presence PUBLIC "-//IETF//DTD RFCxxxx XPIDF 1.0//EN" "xpidf.dtd">';

function xpidf(status: string, substatus: string, prologue = `<?xml version="1.0"?>\n${DOCTYPE}\n`): string {
  return (
    `${prologue}<presence><presentity uri="sip:bob@contoso.example;method=SUBSCRIBE"/><atom id="1">` +
    `<address uri="sip:192.0.2.9:14000;user=ip" priority="0.800000"><status status="${status}"/>` +
    `<msnsubstatus substatus="${substatus}"/></address></atom></presence>`
  );
}

/** The RTC client's own format (dialect facts, section 2.6). */
describe("application/xpidf+xml", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["open", "online", "open open"],
    ["open", "away", "open away"],
    ["open", "idle", "open idle"],
    ["inuse", "busy", "open busy"],
    ["inuse", "unknown", "open busy"],
    ["open", "berightback", "open be-right-back"],
    ["inuse", "onthephone", "open on-the-phone"],
    ["open", "outtolunch", "open lunch"],
    ["open", "unknown", "open open"],
  ];
  for (const [status, substatus, is] of rows)
    test(`${status}, ${substatus}`, () => assert.equal(read(xpidf(status, substatus)), is));

  test("closed", () => assert.match(read(xpidf("closed", "away")), /^closed/));

  test("a document type without a subset of its own is passed over, one with is refused like any", () => {
    assert.equal(read(xpidf("open", "busy", `\ufeff${DOCTYPE}`)), "open busy");
    const hostile = DOCTYPE.replace(">", ' [<!ENTITY a "open">]>');
    for (const prologue of [hostile, '<!DOCTYPE presence SYSTEM "file:///etc/passwd">', `<!-- -->${DOCTYPE}`])
      assert.ok(isPresenceProblem(readPresenceDocument(Buffer.from(xpidf("open", "busy", prologue)))), prologue);
  });
});

const samples = new URL("../../../../../shared/testdata/lync-samples/", import.meta.url);

/** They may not be copied into the project; they lie beside it where they are at hand. */
describe("NOTIFY bodies of published examples", {
  skip: existsSync(samples) ? false : "samples are not beside the project",
}, () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["presence-categories-3500.sip", /^open open At my desk$/],
    ["presence-categories-18500.sip", /^closed( At my desk)?$/],
    ["presence-msrtc-pidf-offline.sip", /^closed$/],
  ];
  for (const [file, is] of rows)
    test(file, () => {
      const message = parseMessage(readFileSync(new URL(file, samples)), "datagram");
      assert.ok(!(message instanceof MessageProblem));
      assert.match(read(Buffer.from(message.body).toString("utf8")), is);
    });
});
