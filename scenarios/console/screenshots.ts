/** `npm run screenshots [NAME…]`: pictures of the pages, with something on them, into `docs/console`. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { missingPeers } from "../harness/peers.ts";
import { ConsoleBed, NARROW, WIDE } from "./console-bed.ts";
import { furnish } from "./furnish.ts";

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly narrow?: true;
  readonly dark?: true;
  /** A button to press before. */
  readonly press?: string;
}

const PRESENCE = "/administration/presence";
const SYSTEM = "/administration/system";
const FEDERATION = `${PRESENCE}/inter-domain-federation/sip-federation`;
const CONTEXTS = `${SYSTEM}/security/tls-context-configuration`;
const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
const CERTIFICATES = "/os-administration/security/certificate-management";
const ACCESS = "/administration/access";
const USERS = "/administration/user-management";
const TOOLS = "/serviceability/tools";

const PICTURES: readonly Picture[] = [
  { name: "overview", path: "/" },
  { name: "overview-dark", path: "/", dark: true },
  { name: "overview-narrow", path: "/", narrow: true },
  { name: "sip-federation-list", path: FEDERATION },
  { name: "sip-federation-form", path: `${FEDERATION}/edit/contoso.example` },
  { name: "sip-federation-form-narrow", path: `${FEDERATION}/edit/contoso.example`, narrow: true },
  { name: "static-routes-list", path: `${PRESENCE}/routing/static-routes` },
  { name: "static-routes-form", path: `${PRESENCE}/routing/static-routes/new` },
  { name: "presence-settings", path: `${PRESENCE}/settings` },
  { name: "service-parameters", path: `${SYSTEM}/service-parameters` },
  { name: "incoming-acl-list", path: `${SYSTEM}/security/incoming-acl` },
  { name: "tls-peer-subjects-list", path: `${SYSTEM}/security/tls-peer-subjects` },
  { name: "tls-peer-subjects-form", path: `${SYSTEM}/security/tls-peer-subjects/edit/sip.contoso.example` },
  { name: "tls-contexts-form", path: `${CONTEXTS}/edit/${PEER_AUTH}` },
  { name: "tls-contexts-form-dark", path: `${CONTEXTS}/edit/${PEER_AUTH}`, dark: true },
  { name: "service-activation", path: `${TOOLS}/service-activation` },
  { name: "service-activation-narrow", path: `${TOOLS}/service-activation`, narrow: true },
  { name: "control-center-feature", path: `${TOOLS}/control-center-feature-services/edit/sip-proxy` },
  { name: "control-center-network", path: `${TOOLS}/control-center-network-services/edit/xmpp-router` },
  {
    name: "control-center-network-narrow",
    path: `${TOOLS}/control-center-network-services/edit/xmpp-router`,
    narrow: true,
  },
  { name: "certificates-list", path: CERTIFICATES },
  { name: "certificates-list-narrow", path: CERTIFICATES, narrow: true },
  { name: "certificates-upload", path: `${CERTIFICATES}/new` },
  { name: "certificates-upload-narrow", path: `${CERTIFICATES}/new`, narrow: true },
  { name: "certificates-own", path: `${CERTIFICATES}/edit/sip` },
  { name: "cluster-topology", path: `${SYSTEM}/cluster-topology` },
  { name: "cluster-topology-narrow", path: `${SYSTEM}/cluster-topology`, narrow: true },
  { name: "cluster-topology-node", path: `${SYSTEM}/cluster-topology/edit/imp1` },
  { name: "notifications", path: `${SYSTEM}/notifications` },
  { name: "notifications-narrow", path: `${SYSTEM}/notifications`, narrow: true },
  { name: "users-list", path: `${USERS}/users` },
  { name: "users-form", path: `${USERS}/users/edit/alice%40example.com` },
  { name: "users-form-narrow", path: `${USERS}/users/edit/alice%40example.com`, narrow: true },
  { name: "doctor", path: "/diagnosis/doctor?domain=contoso.example", press: "Examine" },
  { name: "doctor-narrow", path: "/diagnosis/doctor?domain=contoso.example", press: "Examine", narrow: true },
  { name: "partner", path: "/partners/add?domain=contoso.example", press: "Look at it" },
  { name: "partner-narrow", path: "/partners/add?domain=contoso.example", press: "Look at it", narrow: true },
  { name: "route-tester", path: "/diagnosis/route-tester?uri=bob@contoso.example" },
  { name: "route-tester-narrow", path: "/diagnosis/route-tester?uri=bob@contoso.example", narrow: true },
  { name: "ladder", path: "/diagnosis/ladder?domain=contoso.example" },
  { name: "ladder-dark", path: "/diagnosis/ladder?domain=contoso.example", dark: true },
  { name: "ladder-narrow", path: "/diagnosis/ladder?domain=contoso.example", narrow: true },
  { name: "why", path: "/diagnosis/why?user=alice@example.com&contact=hosteddomain.com", press: "Look up" },
  {
    name: "why-narrow",
    path: "/diagnosis/why?user=alice@example.com&contact=bob@contoso.example",
    press: "Look up",
    narrow: true,
  },
  { name: "import-users", path: `${USERS}/import-users` },
  { name: "directory", path: `${USERS}/directory` },
  { name: "directory-narrow", path: `${USERS}/directory`, narrow: true },
  { name: "administrators", path: `${ACCESS}/administrators` },
  { name: "api-tokens", path: `${ACCESS}/api-tokens` },
  { name: "audit", path: `${ACCESS}/audit` },
  { name: "audit-narrow", path: `${ACCESS}/audit`, narrow: true },
  { name: "my-password", path: `${ACCESS}/my-password` },
  { name: "configuration", path: `${SYSTEM}/configuration` },
  { name: "configuration-narrow", path: `${SYSTEM}/configuration`, narrow: true },
];

/** As much as a form needs. */
const TALL = { width: WIDE.width, height: 860 };
const OUT = resolve(import.meta.dirname, "../../docs/console");
const wanted = process.argv.slice(2);
const missing = missingPeers("chromium");
if (missing === false) await take();
else console.error(missing);

async function take(): Promise<void> {
  mkdirSync(OUT, { recursive: true });
  const bed = await ConsoleBed.start();
  try {
    await furnish(bed);
    for (const picture of PICTURES) if (wanted.length === 0 || wanted.includes(picture.name)) await shoot(bed, picture);
  } finally {
    await bed.end();
  }
}

async function shoot(bed: ConsoleBed, { name, path, narrow, dark, press }: Picture): Promise<void> {
  const console = await bed.stranger(narrow ? NARROW : WIDE);
  await console.page.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: "reduce" });
  await console.open(path);
  await console.signIn();
  await console.button("Sign out").waitFor();
  await console.page.getByRole("main").getByRole("heading", { level: 1 }).waitFor();
  if (press !== undefined) await console.button(press).click();
  await console.page.getByText("Looking …").waitFor({ state: "detached" });
  await console.page.waitForLoadState("networkidle");
  const { width, height } = narrow ? NARROW : TALL;
  await console.page.setViewportSize({ width, height });
  await console.page.screenshot({ path: resolve(OUT, `${name}.png`) });
  await console.page.context().close();
}
