import { type Administrator, type AdministratorInput, administrators, roles } from "@interpres/admin-api";
import { NativeSelect, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { momentText } from "../../template/moment.ts";
import { PasswordField } from "../../template/password-field.tsx";
import { texts } from "../../texts/texts.ts";

const PATH = "/administration/access/administrators";
const own = texts.administrators;
const keyOf = ({ name }: Administrator): string => name;
const BLANK: AdministratorInput = { name: "", role: "auditor", password: "" };

/** Access > Administrators: who may sign in here, and as what. */
export default function Administrators(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <AdministratorList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={administrators}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      blank={BLANK}
      inputOf={({ password, ...values }, administrator) =>
        // The node takes no empty password for "as it was".
        password === "" && administrator !== undefined ? (values as AdministratorInput) : { ...values, password }
      }
      fields={(form, administrator) => (
        <FieldGroup legend={own.group}>
          <TextInput
            label={own.name}
            required
            readOnly={administrator !== undefined}
            maxLength={64}
            {...form.getInputProps("name")}
          />
          <NativeSelect
            label={own.role}
            description={own.roleHelp}
            data={roles.map((value) => ({ value, label: own.roles[value] }))}
            {...form.getInputProps("role")}
          />
          <PasswordField
            label={own.password}
            description={administrator === undefined ? own.passwordHelp : own.newPasswordHelp}
            required={administrator === undefined}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
        </FieldGroup>
      )}
    />
  );
}

function AdministratorList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={administrators}
      path={PATH}
      keyOf={keyOf}
      fields={[
        { name: "name", label: own.name },
        { name: "role", label: own.role },
      ]}
      columns={[
        { label: own.name, cell: keyOf },
        { label: own.role, cell: ({ role }) => own.roles[role] },
        { label: own.createdAt, cell: ({ createdAt }) => momentText(createdAt) },
      ]}
    />
  );
}
