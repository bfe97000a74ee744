import { type TlsPeerSubject, type TlsPeerSubjectInput, tlsPeerSubjects } from "@interpres/admin-api";
import { Checkbox, TagsInput, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { fill, texts } from "../../texts/texts.ts";

const PATH = "/administration/system/security/tls-peer-subjects";
const own = texts.tlsPeerSubjects;
const keyOf = ({ name }: TlsPeerSubject): string => name;
const BLANK: TlsPeerSubjectInput = { name: "", description: "", speaksFor: [], matchAlternativeNames: false };

/** System > Security > TLS Peer Subjects. */
export default function TlsPeerSubjects(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <SubjectList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={tlsPeerSubjects}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      blank={BLANK}
      fields={(form, subject) => (
        <FieldGroup legend={own.group}>
          <TextInput
            label={own.name}
            description={own.nameHelp}
            required
            maxLength={255}
            {...form.getInputProps("name")}
          />
          <TextInput
            label={own.description}
            description={own.descriptionHelp}
            maxLength={255}
            {...form.getInputProps("description")}
          />
          <TagsInput label={own.speaksFor} description={own.speaksForHelp} {...form.getInputProps("speaksFor")} />
          <Checkbox
            label={own.matchAlternativeNames}
            {...form.getInputProps("matchAlternativeNames", { type: "checkbox" })}
          />
          {subject !== undefined && <Text size="sm">{selection(subject)}</Text>}
        </FieldGroup>
      )}
    />
  );
}

function SubjectList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={tlsPeerSubjects}
      path={PATH}
      keyOf={keyOf}
      fields={[
        { name: "name", label: own.name },
        { name: "description", label: own.description },
      ]}
      columns={[
        { label: own.name, cell: keyOf },
        { label: own.description, cell: ({ description }) => description },
        { label: own.selectedIn, cell: selection },
        { label: own.origin, cell: ({ origin }) => own.origins[origin] },
      ]}
    />
  );
}

function selection({ selectedIn }: TlsPeerSubject): string {
  return selectedIn.length === 0 ? own.notSelected : fill(own.selectedInContexts, { contexts: selectedIn.join(", ") });
}
