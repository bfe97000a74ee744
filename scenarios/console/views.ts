import type { ConsolePage } from "./console-page.ts";

/** A page of the console in one state that is worth being looked at. */
export interface View {
  /** Of its picture. */
  readonly name: string;
  readonly path: string;
  /** What is done there before it is looked at. */
  readonly prepare?: (console: ConsolePage) => Promise<unknown>;
}

const PRESENCE = "/administration/presence";
const SYSTEM = "/administration/system";
const SECURITY = `${SYSTEM}/security`;
const ATTACHMENTS = `${PRESENCE}/inter-domain-federation/attached-servers`;
const FEDERATION = `${PRESENCE}/inter-domain-federation/sip-federation`;
const ROUTES = `${PRESENCE}/routing/static-routes`;
const CONTEXTS = `${SECURITY}/tls-context-configuration`;
const CERTIFICATES = "/os-administration/security/certificate-management";
const ACCESS = "/administration/access";
const USERS = "/administration/user-management";
const TOOLS = "/serviceability/tools";

const press = (name: string) => (console: ConsolePage) => console.button(name).click();

/** Every page: its list and its form, where it has both. */
export const VIEWS: readonly View[] = [
  { name: "overview", path: "/" },
  { name: "partner", path: "/partners/add?domain=fabrikam.example", prepare: press("Look at it") },
  { name: "doctor", path: "/diagnosis/doctor?domain=hosteddomain.com", prepare: press("Examine") },
  { name: "why", path: "/diagnosis/why?user=alice@example.com&contact=hosteddomain.com", prepare: press("Look up") },
  { name: "ladder", path: "/diagnosis/ladder?domain=contoso.example" },
  { name: "route-tester", path: "/diagnosis/route-tester?uri=bob@contoso.example" },
  { name: "route-tester-draft", path: "/diagnosis/route-tester?uri=bob@contoso.example", prepare: tryRoute },
  { name: "cluster-topology", path: `${SYSTEM}/cluster-topology` },
  { name: "cluster-topology-node", path: `${SYSTEM}/cluster-topology/edit/imp1` },
  {
    name: "service-parameters",
    path: `${SYSTEM}/service-parameters`,
    prepare: (console) => console.field("Service").selectOption("SIP Proxy (Active)"),
  },
  { name: "incoming-acl-list", path: `${SECURITY}/incoming-acl` },
  { name: "incoming-acl-form", path: `${SECURITY}/incoming-acl/new` },
  { name: "tls-peer-subjects-list", path: `${SECURITY}/tls-peer-subjects` },
  { name: "tls-peer-subjects-form", path: `${SECURITY}/tls-peer-subjects/edit/sip.contoso.example` },
  { name: "tls-contexts-list", path: CONTEXTS },
  { name: "tls-contexts-form", path: `${CONTEXTS}/edit/Default_SIP_Proxy_Peer_Auth_TLS_Context` },
  { name: "notifications", path: `${SYSTEM}/notifications` },
  { name: "configuration", path: `${SYSTEM}/configuration` },
  { name: "presence-settings", path: `${PRESENCE}/settings` },
  { name: "sip-federation-list", path: FEDERATION },
  { name: "attachments-list", path: ATTACHMENTS },
  { name: "attachments-form", path: `${ATTACHMENTS}/new` },
  { name: "sip-federation-form", path: `${FEDERATION}/edit/contoso.example` },
  { name: "static-routes-list", path: ROUTES },
  { name: "static-routes-form", path: `${ROUTES}/new` },
  { name: "users-list", path: `${USERS}/users` },
  { name: "users-form", path: `${USERS}/users/edit/alice%40example.com` },
  { name: "import-users", path: `${USERS}/import-users` },
  { name: "directory", path: `${USERS}/directory` },
  { name: "administrators-list", path: `${ACCESS}/administrators` },
  { name: "administrators-form", path: `${ACCESS}/administrators/edit/olga` },
  { name: "api-tokens", path: `${ACCESS}/api-tokens` },
  { name: "audit", path: `${ACCESS}/audit?resource=sip-federated-domains` },
  { name: "my-password", path: `${ACCESS}/my-password` },
  { name: "service-activation", path: `${TOOLS}/service-activation` },
  { name: "control-center-feature", path: `${TOOLS}/control-center-feature-services/edit/sip-proxy` },
  { name: "control-center-network", path: `${TOOLS}/control-center-network-services/edit/xmpp-router` },
  { name: "trace-configuration", path: "/serviceability/trace/configuration" },
  { name: "certificates-list", path: CERTIFICATES },
  { name: "certificates-own", path: `${CERTIFICATES}/edit/sip` },
  { name: "certificates-upload", path: `${CERTIFICATES}/new` },
];

/** A better way to a peer, not saved, beside the present one; what passed is asked for too. */
async function tryRoute(console: ConsolePage): Promise<void> {
  await console.field("What to change").selectOption("Add a static route");
  await console.field("Destination Pattern").fill("contoso.example");
  await console.field("Next Hop").fill("edge2.contoso.example");
  await console.button("Put into the draft").click();
  await console.page.getByRole("region", { name: "With the draft", exact: true }).waitFor();
  await console.button("Replay").click();
  await console.status("Decisions: ");
  const top = `document.querySelector("main section[aria-labelledby]").getBoundingClientRect().top`;
  await console.page.evaluate(`scrollTo(0, ${top} + scrollY - 80)`);
}

/** Opens a view for somebody who is signed in, and waits until all of it is there. */
export async function show(console: ConsolePage, { path, prepare }: View): Promise<void> {
  await console.open(path);
  await console.page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  await prepare?.(console);
  await console.quiet();
  for (const word of ["Loading …", "Looking …"])
    await console.page.getByRole("main").getByText(word).waitFor({ state: "detached" });
}
