import { type TlsContext, type TlsContextInput, tlsContexts } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { texts } from "../../texts/texts.ts";
import { EffectiveContext } from "./tls-contexts-effective.tsx";
import { ContextFields } from "./tls-contexts-fields.tsx";

const PATH = "/administration/system/security/tls-context-configuration";
const own = texts.tlsContexts;
const keyOf = ({ name }: TlsContext): string => name;
const BLANK = {
  ciphers: [],
  peerSubjects: [],
  disableEmptyTlsFragments: false,
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  authorizationPolicy: "peer",
} as const satisfies TlsContextInput;

/** System > Security > TLS Context Configuration. The contexts are predefined. */
export default function TlsContexts(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <ContextList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={tlsContexts}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      members="predefined"
      blank={BLANK as TlsContextInput}
      fields={(form, context) => <ContextFields form={form} context={context} />}
      aside={(context) => <EffectiveContext context={context} />}
    />
  );
}

function ContextList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={tlsContexts}
      path={PATH}
      keyOf={keyOf}
      members="predefined"
      fields={[{ name: "name", label: own.name }]}
      columns={[
        { label: own.name, cell: keyOf },
        { label: own.selectedSubjects, cell: ({ peerSubjects }) => peerSubjects.length },
        { label: own.selectedCiphers, cell: ({ ciphers }) => ciphers.length },
        { label: own.usedBy, cell: ({ effective }) => effective.usedBy.join(", ") || own.unused },
      ]}
    />
  );
}
