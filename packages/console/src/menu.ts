import type { Menu } from "./shell/menu.ts";
import { texts } from "./texts/texts.ts";

const { labels } = texts.menu;
const FEDERATION = "/administration/presence/inter-domain-federation";

/** Every page and where it stands. Labels of the applications and their menus are those of the book. */
export const menu: Menu = {
  purposes: [{ label: labels.overview, path: "/", page: () => import("./pages/overview.tsx") }],
  applications: [
    {
      id: "administration",
      label: labels.administration,
      items: [
        {
          label: labels.presence,
          items: [
            {
              label: labels.interDomainFederation,
              aliases: ["Interdomain Federation"],
              items: [
                {
                  label: labels.sipFederation,
                  path: `${FEDERATION}/sip-federation`,
                  page: () => import("./pages/sip-federation.tsx"),
                },
              ],
            },
          ],
        },
      ],
    },
  ],
};
