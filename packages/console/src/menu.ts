import type { Menu } from "./shell/menu.ts";
import { texts } from "./texts/texts.ts";

const { labels } = texts.menu;
const SECURITY = "/administration/system/security";
const USERS = "/administration/user-management";
const ACCESS = "/administration/access";
const FEDERATION = "/administration/presence/inter-domain-federation";

/** Every page and where it stands. Labels of the applications and their menus are those of the book. */
export const menu: Menu = {
  purposes: [
    { label: labels.overview, path: "/", page: () => import("./pages/overview/overview.tsx") },
    {
      label: labels.addPartner,
      aliases: ["Wizard", "Federate"],
      path: "/partners/add",
      page: () => import("./pages/federation/partner.tsx"),
    },
    {
      label: labels.doctor,
      aliases: ["Diagnosis", "Troubleshooter"],
      path: "/diagnosis/doctor",
      page: () => import("./pages/doctor/doctor.tsx"),
    },
    {
      label: labels.why,
      aliases: ["Decisions", "Offline", "Troubleshooter"],
      path: "/diagnosis/why",
      page: () => import("./pages/why/why.tsx"),
    },
    {
      label: labels.ladder,
      aliases: ["Trace", "Call flow", "Capture"],
      path: "/diagnosis/ladder",
      page: () => import("./pages/ladder/ladder.tsx"),
    },
    {
      label: labels.routeTester,
      aliases: ["Explain"],
      path: "/diagnosis/route-tester",
      page: () => import("./pages/route-tester/route-tester.tsx"),
    },
  ],
  applications: [
    {
      id: "administration",
      label: labels.administration,
      items: [
        {
          label: labels.system,
          items: [
            {
              label: labels.clusterTopology,
              path: "/administration/system/cluster-topology",
              page: () => import("./pages/node/cluster-topology.tsx"),
            },
            {
              label: labels.serviceParameters,
              path: "/administration/system/service-parameters",
              page: () => import("./pages/node/service-parameters.tsx"),
            },
            {
              label: labels.security,
              items: [
                {
                  label: labels.incomingAcl,
                  aliases: ["Access Control List"],
                  path: `${SECURITY}/incoming-acl`,
                  page: () => import("./pages/trust/incoming-acl.tsx"),
                },
                {
                  label: labels.tlsPeerSubjects,
                  path: `${SECURITY}/tls-peer-subjects`,
                  page: () => import("./pages/trust/tls-peer-subjects.tsx"),
                },
                {
                  label: labels.tlsContexts,
                  path: `${SECURITY}/tls-context-configuration`,
                  page: () => import("./pages/trust/tls-contexts.tsx"),
                },
              ],
            },
            {
              label: labels.notifications,
              path: "/administration/system/notifications",
              page: () => import("./pages/node/notifications.tsx"),
            },
            {
              label: labels.configuration,
              aliases: ["Export", "Import", "Backup"],
              path: "/administration/system/configuration",
              page: () => import("./pages/node/configuration.tsx"),
            },
          ],
        },
        {
          label: labels.presence,
          items: [
            {
              label: labels.presenceSettings,
              path: "/administration/presence/settings",
              page: () => import("./pages/identity/presence-settings.tsx"),
            },
            {
              label: labels.interDomainFederation,
              aliases: ["Interdomain Federation"],
              items: [
                {
                  label: labels.sipFederation,
                  path: `${FEDERATION}/sip-federation`,
                  page: () => import("./pages/federation/sip-federation.tsx"),
                },
                {
                  label: labels.attachments,
                  aliases: ["XMPP", "Component", "Prosody", "ejabberd", "Openfire"],
                  path: `${FEDERATION}/attached-servers`,
                  page: () => import("./pages/federation/attachments.tsx"),
                },
              ],
            },
            {
              label: labels.routing,
              items: [
                {
                  label: labels.staticRoutes,
                  path: "/administration/presence/routing/static-routes",
                  page: () => import("./pages/federation/static-routes.tsx"),
                },
              ],
            },
          ],
        },
        {
          label: labels.userManagement,
          items: [
            {
              label: labels.users,
              aliases: ["End Users"],
              path: `${USERS}/users`,
              page: () => import("./pages/identity/users.tsx"),
            },
            {
              label: labels.importUsers,
              aliases: ["CSV", "Bulk"],
              path: `${USERS}/import-users`,
              page: () => import("./pages/identity/import-users.tsx"),
            },
            {
              label: labels.directory,
              aliases: ["LDAP", "Active Directory"],
              path: `${USERS}/directory`,
              page: () => import("./pages/identity/directory.tsx"),
            },
          ],
        },
        {
          label: labels.access,
          items: [
            {
              label: labels.administrators,
              path: `${ACCESS}/administrators`,
              page: () => import("./pages/account/administrators.tsx"),
            },
            {
              label: labels.apiTokens,
              path: `${ACCESS}/api-tokens`,
              page: () => import("./pages/account/api-tokens.tsx"),
            },
            {
              label: labels.audit,
              aliases: ["Audit Log"],
              path: `${ACCESS}/audit`,
              page: () => import("./pages/account/audit.tsx"),
            },
            {
              label: labels.ownPassword,
              aliases: ["Change Password"],
              path: `${ACCESS}/my-password`,
              page: () => import("./pages/account/own-password.tsx"),
            },
          ],
        },
      ],
    },
    {
      id: "serviceability",
      label: labels.serviceability,
      items: [
        {
          label: labels.tools,
          items: [
            {
              label: labels.serviceActivation,
              path: "/serviceability/tools/service-activation",
              page: () => import("./pages/node/service-activation.tsx"),
            },
            {
              label: labels.featureServices,
              aliases: ["Feature Services"],
              path: "/serviceability/tools/control-center-feature-services",
              page: () => import("./pages/node/control-center-feature.tsx"),
            },
            {
              label: labels.networkServices,
              aliases: ["Network Services"],
              path: "/serviceability/tools/control-center-network-services",
              page: () => import("./pages/node/control-center-network.tsx"),
            },
          ],
        },
        {
          label: labels.trace,
          items: [
            {
              label: labels.traceConfiguration,
              aliases: ["Trace Configuration", "Homer", "HEP", "Collector"],
              path: "/serviceability/trace/configuration",
              page: () => import("./pages/ladder/trace-configuration.tsx"),
            },
          ],
        },
      ],
    },
    {
      id: "os-administration",
      label: labels.osAdministration,
      items: [
        {
          label: labels.security,
          items: [
            {
              label: labels.certificateManagement,
              path: "/os-administration/security/certificate-management",
              page: () => import("./pages/trust/certificates.tsx"),
            },
          ],
        },
      ],
    },
  ],
};
