import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addDomain, addTlsPeerSubject, type Edit } from "@interpres/federation";
import type { SettingsListener } from "@interpres/store";
import { type ClusterSettings, initialClusterSettings } from "../admin/node/cluster-settings.ts";
import { RunningSettings } from "./running-settings.ts";

type Federation = ClusterSettings["federation"];

const OWN = { chainPem: "CHAIN", keyPem: "KEY" };

/** Saved settings and certificates, changed by hand. */
class Saved {
  #document = initialClusterSettings(["example.com"]);
  #trusted: readonly {
    readonly id: string;
    readonly pem: string;
    readonly description: string;
    readonly addedAt: number;
  }[] = [];
  readonly #settingsListeners = new Set<SettingsListener<ClusterSettings>>();
  readonly #certificateListeners = new Set<() => void>();

  readonly settings = {
    current: () => ({ version: 1, document: this.#document }),
    onChange: (listener: SettingsListener<ClusterSettings>) => {
      this.#settingsListeners.add(listener);
      return () => this.#settingsListeners.delete(listener);
    },
  };

  readonly certificates = {
    own: () => OWN,
    trusted: () => this.#trusted,
    onChange: (listener: () => void) => {
      this.#certificateListeners.add(listener);
      return () => this.#certificateListeners.delete(listener);
    },
  };

  put(document: ClusterSettings): void {
    const previous = this.settings.current();
    this.#document = document;
    for (const listener of this.#settingsListeners) listener(this.settings.current(), previous);
  }

  edit<Resource>(edit: (federation: Federation) => Edit<Resource>): void {
    const outcome = edit(this.#document.federation);
    assert.ok(outcome.kind === "changed");
    this.put({ ...this.#document, federation: outcome.settings });
  }

  control(changeControl: "live" | "on-restart"): void {
    this.put({ ...this.#document, cluster: { ...this.#document.cluster, changeControl } });
  }

  trust(pem: string): void {
    this.#trusted = [...this.#trusted, { id: pem, pem, description: "", addedAt: 0 }];
    for (const listener of this.#certificateListeners) listener();
  }
}

function follow() {
  const saved = new Saved();
  const running = new RunningSettings(saved);
  running.follow();
  const heard: string[] = [];
  running.onChange((next, previous) => heard.push(`${domains(previous)} -> ${domains(next)}`));
  running.certificates.onChange(() => heard.push("certificates"));
  return { saved, running, heard };
}

function domains({ federation }: ClusterSettings): string {
  return federation.sipFederatedDomains.map(({ domain }) => domain).join(",");
}

const domain = (name: string) => (federation: Federation) =>
  addDomain(federation, { domain: name, integrationType: "microsoft" }, 0);

describe("settings in force", () => {
  test("live: what is saved counts, and nothing waits", () => {
    const { saved, running, heard } = follow();
    saved.edit(domain("contoso.example"));
    saved.trust("ROOT");
    assert.equal(domains(running.current()), "contoso.example");
    assert.equal(running.certificates.trusted().length, 1);
    assert.deepEqual(heard, [" -> contoso.example", "certificates"]);
    assert.deepEqual(running.waitingFor("xmpp-router"), []);
  });

  test("on restart: what is saved waits for the service it belongs to, and for no other", () => {
    const { saved, running, heard } = follow();
    saved.control("on-restart");
    heard.length = 0;
    saved.edit(domain("contoso.example"));
    running.starting(["sip-proxy", "xmpp-client", "sip-federation"]);
    assert.equal(domains(running.current()), "");
    assert.deepEqual(heard, []);
    assert.equal(running.waitingFor("xmpp-router").length, 2);
    running.starting(["xmpp-router"]);
    assert.equal(domains(running.current()), "contoso.example");
    assert.deepEqual(heard, [" -> contoso.example"]);
    assert.deepEqual(running.waitingFor("xmpp-router"), []);
  });

  test("on restart: trusted certificates wait for the proxy", () => {
    const { saved, running, heard } = follow();
    saved.control("on-restart");
    heard.length = 0;
    saved.trust("ROOT");
    assert.equal(running.certificates.trusted().length, 0);
    running.starting(["sip-proxy"]);
    assert.equal(running.certificates.trusted().length, 1);
    assert.deepEqual(heard, ["certificates"]);
  });

  test("on restart: a service takes what was saved when it started, later changes wait again", () => {
    const { saved, running } = follow();
    saved.control("on-restart");
    saved.edit(domain("contoso.example"));
    running.starting(["xmpp-router"]);
    saved.edit(domain("fabrikam.example"));
    assert.equal(domains(running.current()), "contoso.example");
    assert.deepEqual(
      running.waitingFor("xmpp-router").map(({ resource }) => resource),
      ["sip-federated-domains/fabrikam.example", "incoming-acl/2"],
    );
  });

  test("on restart: the trace collector waits for the proxy", () => {
    const { saved, running } = follow();
    saved.control("on-restart");
    const { document } = saved.settings.current();
    saved.put({ ...document, traceCollector: { ...document.traceCollector, enabled: true, host: "homer.example" } });
    assert.equal(running.current().traceCollector.enabled, false);
    assert.deepEqual(
      running.waitingFor("sip-proxy").map(({ resource }) => resource),
      ["trace/collector/enabled", "trace/collector/host"],
    );
    running.starting(["sip-proxy"]);
    assert.deepEqual(
      [running.current().traceCollector.enabled, running.current().traceCollector.host],
      [true, "homer.example"],
    );
  });

  test("taken back before the restart, a change waits no more", () => {
    const { saved, running } = follow();
    saved.control("on-restart");
    const before = saved.settings.current().document;
    saved.edit((federation) => addTlsPeerSubject(federation, { name: "edge.contoso.example" }));
    assert.equal(running.waitingFor("sip-proxy").length, 1);
    saved.put(structuredClone(before));
    assert.deepEqual(running.waitingFor("sip-proxy"), []);
  });

  test("switched back to live, what waits counts at once", () => {
    const { saved, running } = follow();
    saved.control("on-restart");
    saved.edit(domain("contoso.example"));
    saved.control("live");
    assert.equal(domains(running.current()), "contoso.example");
    assert.deepEqual(running.waitingFor("xmpp-router"), []);
  });

  test("not followed, changes wait; followed again, they count", () => {
    const { saved, running } = follow();
    running.unfollow();
    saved.edit(domain("contoso.example"));
    assert.equal(domains(running.current()), "");
    running.follow();
    assert.equal(domains(running.current()), "contoso.example");
  });
});
