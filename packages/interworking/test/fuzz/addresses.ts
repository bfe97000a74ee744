import assert from "node:assert/strict";
import { parseSipUri, SipUri } from "@interpres/sip";
import { escapeLocal, parseJid, unescapeLocal } from "@interpres/xmpp";
import { sipUriOfJid, withGr } from "../../src/address/jid-to-sip-uri.ts";
import { isMailAddress, readMailAddress } from "../../src/address/mail-address.ts";
import { jidOfSipAddress, readSipAddress, resourceOfGr } from "../../src/address/sip-uri-to-jid.ts";

/** Each line as a JID, a SIP URI in octets, a mail address and a name: what is read leads back to where it came from (RFC 7247 §6). */
export function fuzzAddresses(input: Buffer): void {
  for (const line of input.toString("utf8").split("\n").slice(0, 20)) {
    checkJid(line);
    checkName(line);
    checkMailAddress(line);
  }
  for (const line of input.toString("latin1").split("\n").slice(0, 20)) checkSipAddress(line);
}

function checkJid(line: string): void {
  const jid = parseJid(line);
  if (jid === undefined) return;
  assert.equal(parseJid(jid.toString())?.toString(), jid.toString(), "a prepared JID is prepared");
  const uri = sipUriOfJid(jid.bare);
  if (uri === undefined) return;
  assert.match(uri, /^sip:[!-~]+@[!-~]+$/);
  const address = readSipAddress(uri);
  assert.ok(address !== undefined, uri);
  const back = jidOfSipAddress(address);
  if (/^[!-~]+$/.test(jid.domain)) assert.equal(back?.toString(), jid.bare.toString());
  if (jid.kind === "full") checkResource(uri, jid.resource);
}

function checkResource(uri: string, resource: string): void {
  const { gr } = readSipAddress(withGr(uri, resource)) ?? {};
  assert.equal(gr === undefined ? undefined : resourceOfGr(gr), resource);
}

function checkName(name: string): void {
  const local = escapeLocal(name);
  if (local !== undefined) assert.equal(unescapeLocal(local), name.normalize("NFC"));
}

function checkMailAddress(line: string): void {
  const reading = readMailAddress(line);
  if (!isMailAddress(reading)) return;
  const again = readMailAddress(reading.text);
  assert.ok(isMailAddress(again) && again.jid.equals(reading.jid), reading.text);
  const uri = sipUriOfJid(reading.jid);
  const back = uri === undefined ? undefined : readSipAddress(uri);
  assert.equal(back === undefined ? undefined : jidOfSipAddress(back)?.toString(), reading.jid.toString());
}

function checkSipAddress(line: string): void {
  const address = readSipAddress(line);
  if (address === undefined) return;
  const jid = jidOfSipAddress(address);
  const uri = jid === undefined ? undefined : sipUriOfJid(jid);
  if (jid === undefined || uri === undefined) return;
  assert.ok(parseSipUri(uri) instanceof SipUri, uri);
  const back = readSipAddress(uri);
  assert.equal(back === undefined ? undefined : jidOfSipAddress(back)?.toString(), jid.toString());
}
