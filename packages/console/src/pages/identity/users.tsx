import { type User, users } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { AddressCell } from "../../template/addresses.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { texts } from "../../texts/texts.ts";
import { UserForm } from "./users-form.tsx";

const PATH = "/administration/user-management/users";
const own = texts.users;

/** User Management > Users. */
export default function Users(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind !== "list") return <UserForm path={PATH} shown={shown} />;
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={users}
      path={PATH}
      keyOf={({ jid }: User) => jid}
      fields={[
        { name: "jid", label: own.jid },
        { name: "displayName", label: own.displayName },
        { name: "mailId", label: own.mailId },
        { name: "federationAddress", label: own.federationAddress },
        { name: "node", label: own.node },
        { name: "origin", label: own.origin },
      ]}
      columns={[
        { label: own.jid, cell: ({ jid, addresses }) => <AddressCell jid={jid} addresses={addresses} /> },
        { label: own.displayName, cell: ({ displayName }) => displayName },
        { label: own.mailId, cell: ({ mailId }) => mailId },
        { label: own.node, cell: ({ node }) => node },
        { label: own.enabled, cell: ({ enabled }) => (enabled ? texts.template.yes : texts.template.no) },
        { label: own.origin, cell: ({ origin }) => own.origins[origin.kind] },
      ]}
    />
  );
}
