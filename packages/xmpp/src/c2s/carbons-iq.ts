import { CARBONS_NS } from "../messaging/payload.ts";
import type { AccountHandler } from "./account-request.ts";
import { done } from "./iq-table.ts";

/** Enabling and disabling message carbons for this resource (XEP-0280 §4, §5); repeating either is no error. */
export const carbonsSwitch: readonly AccountHandler[] = [
  {
    type: "set",
    name: "enable",
    namespace: CARBONS_NS,
    handle: ({ resource }, answer) => {
      resource.interests.add("carbons");
      answer(done);
    },
  },
  {
    type: "set",
    name: "disable",
    namespace: CARBONS_NS,
    handle: ({ resource }, answer) => {
      resource.interests.delete("carbons");
      answer(done);
    },
  },
];
