import assert from "node:assert/strict";
import { test } from "node:test";
import type { Directory } from "@interpres/admin-api";
import { directoryInput, directoryValues } from "./directory-values.ts";

const STORED: Directory = {
  enabled: true,
  url: "ldaps://ldap.example.com",
  startTls: false,
  authorityPem: "",
  bindDn: "cn=reader",
  base: "dc=example",
  filter: "(objectClass=person)",
  domain: "example.com",
  attributes: { localPart: "uid", displayName: "cn", mailId: "mail", key: "entryUUID", disabled: null },
  pageSize: 500,
  syncIntervalMinutes: 0,
  deleteVanishedAfterDays: null,
  hasPassword: true,
};

test("what is stored goes through the form and comes back as it was, without a password", () => {
  const { hasPassword: _kept, ...stored } = STORED;
  assert.deepEqual(directoryInput(directoryValues(STORED)), stored);
  const disabled = { attribute: "userAccountControl", bits: 2 };
  const more = { ...stored, deleteVanishedAfterDays: 30, attributes: { ...stored.attributes, disabled } };
  assert.deepEqual(directoryInput(directoryValues({ ...more, hasPassword: false })), more);
});

test("a password that was typed is sent", () => {
  assert.equal(directoryInput({ ...directoryValues(STORED), password: "typed" }).password, "typed");
});
