import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BareJid, parseBareJid } from "../address/jid.ts";
import { ContactPresence } from "./contact-presence.ts";

function bare(text: string): BareJid {
  const jid = parseBareJid(text);
  assert.ok(jid !== undefined);
  return jid;
}

describe("what an attached server lets contacts see", () => {
  test("a user who shows herself to thousands of made-up addresses takes no room from others", () => {
    const presence = new ContactPresence();
    const [eve, alice] = [bare("eve@corp.example"), bare("alice@corp.example")];
    for (let at = 0; at < 5001; at += 1) presence.granted(eve, bare(`x${at}@contoso.example`));
    assert.equal(presence.isGranted(eve, bare("x5000@contoso.example")), false);
    presence.granted(alice, bare("x5000@contoso.example"));
    assert.equal(presence.isGranted(alice, bare("x5000@contoso.example")), true);
    presence.denied(eve, bare("x0@contoso.example"));
    presence.denied(eve, bare("x0@contoso.example"));
    presence.granted(eve, bare("x5000@contoso.example"));
    presence.granted(eve, bare("x5001@contoso.example"));
    assert.equal(presence.isGranted(eve, bare("x5000@contoso.example")), true);
    assert.equal(presence.isGranted(eve, bare("x5001@contoso.example")), false);
  });
});
