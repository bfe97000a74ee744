import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { initialClusterSettings, parseClusterSettings } from "./cluster-settings.ts";

describe("the settings document", () => {
  const initial = initialClusterSettings(["example.com"]);

  test("begins with live changes and the first local domain as proxy domain", () => {
    assert.deepEqual(initial.cluster, { sipProxyDomain: "example.com", changeControl: "live" });
  });

  test("written before a section existed, it gets the section's defaults", () => {
    assert.equal(parseClusterSettings({ federation: initial.federation }).cluster.changeControl, "live");
  });

  test("with a wrong section it is refused by path", () => {
    const wrong = { ...initial, cluster: { ...initial.cluster, changeControl: "later" } };
    assert.throws(() => parseClusterSettings(wrong), /cluster\.changeControl/);
  });
});
