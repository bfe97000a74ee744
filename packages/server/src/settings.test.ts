import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readNodeSettings, SettingsError, type SettingsSource } from "./settings.ts";

function read(source: Partial<SettingsSource>) {
  return readNodeSettings({ yaml: "", environment: {}, workingDirectory: "/srv", ...source });
}

describe("interpres.yaml (contract section 3)", () => {
  test("an empty file is a complete set of defaults", () => {
    const settings = read({});
    assert.equal(settings.dataDirectory, "/srv/data");
    assert.deepEqual(settings.listeners.sipTls, { host: "::", port: 5061 });
    assert.deepEqual(settings.listeners.sipTcp, { host: "::", port: 5060, enabled: false });
    assert.deepEqual(settings.listeners.shell, { host: "127.0.0.1", port: 8022 });
    assert.equal(settings.bootstrap.administrator.password, null);
    assert.deepEqual(settings.dns.servers, []);
  });

  test("a key of the file wins over the default, its neighbours keep theirs", () => {
    const settings = read({ yaml: "listeners: { sipTls: { port: 0 } }\nbootstrap: { localDomain: acme.example }" });
    assert.deepEqual(settings.listeners.sipTls, { host: "::", port: 0 });
    assert.equal(settings.bootstrap.localDomain, "acme.example");
    assert.equal(settings.listeners.admin.port, 8443);
  });

  test("the environment wins over the file", () => {
    const settings = read({
      yaml: "listeners: { sipTls: { port: 1 } }",
      environment: {
        INTERPRES_LISTENERS_SIPTLS_PORT: "6061",
        INTERPRES_LISTENERS_SIPUDP_ENABLED: "true",
        INTERPRES_DNS_SERVERS: "127.0.0.1:5353, 127.0.0.2",
        INTERPRES_BOOTSTRAP_APITOKEN: "t0ken",
        INTERPRES_BOOTSTRAP_ADMINISTRATOR_PASSWORD: "null",
      },
    });
    assert.equal(settings.listeners.sipTls.port, 6061);
    assert.equal(settings.listeners.sipUdp.enabled, true);
    assert.deepEqual(settings.dns.servers, ["127.0.0.1:5353", "127.0.0.2"]);
    assert.equal(settings.bootstrap.apiToken, "t0ken");
    assert.equal(settings.bootstrap.administrator.password, null);
  });

  test("--data wins over everything", () => {
    const settings = read({
      yaml: "dataDirectory: /a",
      environment: { INTERPRES_DATADIRECTORY: "/b" },
      dataDirectory: "c",
    });
    assert.equal(settings.dataDirectory, "/srv/c");
  });

  for (const { fault, yaml, names } of [
    { fault: "an unknown key", yaml: "listeners: { sipTlz: { port: 1 } }", names: /listeners\.sipTlz: unknown key/ },
    { fault: "an unknown key at the top", yaml: "colour: red", names: /^colour: unknown key/ },
    {
      fault: "a port out of range",
      yaml: "listeners: { admin: { port: 65536 } }",
      names: /listeners\.admin\.port: must be <= 65535/,
    },
    { fault: "a wrong kind of value", yaml: "listeners: 5", names: /listeners: must be object/ },
    { fault: "YAML that does not parse", yaml: "a: [", names: /line 1/ },
    { fault: "a list instead of keys", yaml: "- a", names: /not a mapping/ },
  ]) {
    test(`${fault} is an error that names its path`, () => {
      assert.throws(
        () => read({ yaml }),
        (error) => error instanceof SettingsError && names.test(error.message),
      );
    });
  }

  test("an environment value of the wrong kind is an error too", () => {
    assert.throws(() => read({ environment: { INTERPRES_LISTENERS_ADMIN_PORT: "http" } }), /listeners\.admin\.port/);
  });
});
