import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pageOfResource } from "./page-of-resource.ts";

describe("the page of a resource", () => {
  const tools = "/serviceability/tools";
  const certificates = "/os-administration/security/certificate-management";
  const domains = "/administration/presence/inter-domain-federation/sip-federation";
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["/sip-federated-domains", domains],
    ["/sip-federated-domains/contoso.example", `${domains}/edit/contoso.example`],
    ["/sip-federated-domains/contoso.example/dialect", domains],
    ["/service-parameters/sip-proxy", "/administration/system/service-parameters"],
    ["/certificates", certificates],
    ["/certificates/own/xmpp-s2s", `${certificates}/edit/xmpp-s2s`],
    ["/certificates/trust/0af3", `${certificates}/edit/0af3`],
    ["/nodes/imp1/services/xmpp-router", `${tools}/control-center-network-services/edit/xmpp-router`],
    ["/nodes/imp1/services/sip-proxy", `${tools}/control-center-feature-services/edit/sip-proxy`],
    ["/nodes/imp1/services/unheard-of", "/administration/system/cluster-topology"],
    ["/nodes/imp1", "/administration/system/cluster-topology/edit/imp1"],
    ["/somewhere-else", undefined],
  ];
  for (const [resource, page] of rows)
    test(`of ${resource} is ${page ?? "none"}`, () => assert.equal(pageOfResource(resource), page));
});
