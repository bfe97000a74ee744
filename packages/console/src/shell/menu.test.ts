import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { applicationOf, findEntries, type Menu } from "./menu.ts";

const page = () => Promise.reject(new Error("not fetched in this test"));
const menu: Menu = {
  purposes: [{ label: "Overview", path: "/", page }],
  applications: [
    {
      id: "administration",
      label: "Administration",
      items: [
        {
          label: "Presence",
          items: [
            { label: "Settings", path: "/administration/presence/settings", page },
            {
              label: "Inter Domain Federation",
              aliases: ["Interdomain"],
              items: [{ label: "SIP Federation", path: "/administration/sip-federation", page }],
            },
          ],
        },
      ],
    },
    {
      id: "serviceability",
      label: "Serviceability",
      items: [{ label: "Control Center - Feature Services", path: "/serviceability/features", page }],
    },
  ],
};

describe("search over the menu", () => {
  const ROWS = [
    ["Inter Domain Federation", ["/administration/sip-federation"]],
    ["Inter-Domain Federation", ["/administration/sip-federation"]],
    ["interdomain", ["/administration/sip-federation"]],
    ["sip fed", ["/administration/sip-federation"]],
    ["Feature Services", ["/serviceability/features"]],
    ["presence settings", ["/administration/presence/settings"]],
    ["ettings", []],
    ["  - ", []],
  ] as const;
  for (const [typed, paths] of ROWS)
    test(`"${typed}" finds ${paths.join(", ") || "nothing"}`, () => {
      assert.deepEqual(
        findEntries(menu, typed).map(({ entry }) => entry.path),
        paths,
      );
    });

  test("says where in the menu an entry stands", () => {
    const trail = ["Administration", "Presence", "Inter Domain Federation", "SIP Federation"];
    assert.deepEqual(findEntries(menu, "sip federation")[0]?.trail, trail);
  });

  test("a page by purpose belongs to no application", () => {
    assert.equal(applicationOf(menu, "/serviceability/features")?.id, "serviceability");
    assert.equal(applicationOf(menu, "/"), undefined);
    assert.equal(applicationOf(menu, "/serviceability-of-something"), undefined);
  });
});
