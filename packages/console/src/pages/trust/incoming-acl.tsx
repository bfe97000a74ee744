import { type AclEntry, incomingAcl } from "@interpres/admin-api";
import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { fill, texts } from "../../texts/texts.ts";

const PATH = "/administration/system/security/incoming-acl";
const own = texts.incomingAcl;
const keyOf = ({ id }: AclEntry): string => id;
const nameOf = ({ pattern }: AclEntry): string => pattern;

/** System > Security > Incoming ACL. */
export default function IncomingAcl(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <EntryList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={incomingAcl}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      nameOf={nameOf}
      keeps={ownedBy}
      blank={{ description: "", pattern: "" }}
      fields={(form) => (
        <FieldGroup legend={own.group}>
          <TextInput label={own.description} maxLength={255} {...form.getInputProps("description")} />
          <TextInput
            label={own.pattern}
            description={own.patternHelp}
            required
            maxLength={300}
            {...form.getInputProps("pattern")}
          />
        </FieldGroup>
      )}
    />
  );
}

function EntryList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={incomingAcl}
      path={PATH}
      keyOf={keyOf}
      nameOf={nameOf}
      keeps={ownedBy}
      fields={[
        { name: "pattern", label: own.pattern },
        { name: "description", label: own.description },
      ]}
      columns={[
        { label: own.pattern, cell: nameOf },
        { label: own.description, cell: ({ description }) => description },
        {
          label: own.origin,
          cell: ({ origin }) =>
            origin.kind === "administrator" ? own.manual : fill(own.ofDomain, { domain: origin.domain }),
        },
      ]}
    />
  );
}

/** An entry that came with a domain goes with it, and not before. */
function ownedBy({ origin }: AclEntry): string | undefined {
  return origin.kind === "administrator" ? undefined : fill(own.owned, { domain: origin.domain });
}
