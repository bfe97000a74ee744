import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentMetrics } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import { AccountDirectory, type AccountRecord } from "@interpres/xmpp";
import { type ClusterSettings, initialClusterSettings } from "../admin/node/cluster-settings.ts";
import { FederationIdentities } from "./federation-identities.ts";

const DAY_MS = 86_400_000;
const ALICE: AccountRecord = { jid: "alice@example.com", mailId: "alice@mail.example", enabled: true };
const CAROL: AccountRecord = { jid: "carol@example.com", enabled: true };

/** Identities over alice and carol, and what they told. */
async function identitiesWith(presence: Partial<ClusterSettings["presence"]>) {
  const clock = new FakeClock();
  const repository = { load: async () => [ALICE, CAROL], put: async () => undefined, remove: async () => undefined };
  const accounts = new AccountDirectory(repository);
  let settings = initialClusterSettings(["example.com"]);
  const identities = new FederationIdentities({
    accounts,
    clock,
    metrics: silentMetrics,
    emailDrops: { load: async () => [], put: () => undefined, remove: () => undefined },
    presence: () => settings.presence,
    isForeign: (name) => settings.federation.sipFederatedDomains.some(({ domain }) => domain === name),
    isAttached: () => false,
  });
  const told: (readonly string[] | "all")[] = [];
  identities.onChange((users) => told.push(users === undefined ? "all" : [...users].sort()));
  const change = (next: ClusterSettings) => {
    const previous = settings;
    settings = next;
    identities.settingsChanged(next, previous);
  };
  await accounts.load();
  change({ ...settings, presence: { ...settings.presence, ...presence } });
  told.splice(0);
  return { clock, accounts, identities, told, change, settings: () => settings };
}

function federating(settings: ClusterSettings, ...domains: readonly string[]): ClusterSettings {
  const sipFederatedDomains = domains.map(
    (domain) => ({ domain, integrationType: "standard", description: "", directFederation: false }) as const,
  );
  return { ...settings, federation: { ...settings.federation, sipFederatedDomains } };
}

describe("addresses for federation", () => {
  test("a change of the directory is told where mail addresses are used, and only of those it touches", async () => {
    const { accounts, told, change, settings } = await identitiesWith({});
    await accounts.put({ ...CAROL, mailId: "carol@mail.example" });
    assert.deepEqual(told, []);
    const { presence } = settings();
    change({ ...settings(), presence: { ...presence, useEmailAddressWhenFederating: true } });
    assert.deepEqual(told.splice(0), ["all"]);
    await accounts.put({ ...CAROL, displayName: "Carol" });
    assert.deepEqual(told, [["carol@example.com"]]);
  });

  test("other settings touch nobody", async () => {
    const { told, change, settings } = await identitiesWith({ useEmailAddressWhenFederating: true });
    change(federating(settings(), "contoso.example"));
    change({ ...settings(), presence: { ...settings().presence, maxWatchers: 7 } });
    assert.deepEqual(told, []);
  });

  test("a domain that is foreign from now on takes its mail addresses away, and gives them back", async () => {
    const { identities, told, change, settings } = await identitiesWith({ useEmailAddressWhenFederating: true });
    assert.equal(identities.addressOf(ALICE), "alice@mail.example");
    change(federating(settings(), "mail.example"));
    assert.equal(identities.addressOf(ALICE), "alice@example.com");
    change(federating(settings()));
    assert.equal(identities.addressOf(ALICE), "alice@mail.example");
    assert.deepEqual(told, ["all", "all"]);
  });

  test("where changes wait for a restart, that restart looks by itself", async () => {
    const { identities, told, change, settings } = await identitiesWith({});
    const cluster = { ...settings().cluster, changeControl: "on-restart" } as const;
    change({ ...settings(), cluster, presence: { ...settings().presence, useEmailAddressWhenFederating: true } });
    assert.deepEqual([identities.addressing, told], ["mail", []]);
  });

  test("the end of the time in which JIDs work is told when it comes, however far it is", async () => {
    const acceptJidUntil = new FakeClock().now() + 40 * DAY_MS + 1000;
    const given = await identitiesWith({ useEmailAddressWhenFederating: true, acceptJidUntil });
    const { clock, identities, told } = given;
    identities.start();
    clock.advance(40 * DAY_MS);
    assert.equal(identities.addressing, "mail-and-jid");
    told.splice(0);
    clock.advance(1000);
    assert.deepEqual([identities.addressing, told], ["mail", ["all"]]);
    identities.stop();
    assert.equal(clock.pendingTimers, 0);
  });

  test("an end that is moved nearer counts at once", async () => {
    const acceptJidUntil = new FakeClock().now() + DAY_MS / 2;
    const { clock, identities, told, change, settings } = await identitiesWith({
      useEmailAddressWhenFederating: true,
      acceptJidUntil,
    });
    identities.start();
    change({ ...settings(), presence: { ...settings().presence, acceptJidUntil: clock.now() + 1000 } });
    told.splice(0);
    clock.advance(1000);
    assert.deepEqual([identities.addressing, told], ["mail", ["all"]]);
    identities.stop();
  });

  test("an address is shown as peers see it", async () => {
    const { identities } = await identitiesWith({});
    assert.equal(identities.addressOf({ ...ALICE, jid: "o\\27malley@example.com" }), "o'malley@example.com");
  });
});
