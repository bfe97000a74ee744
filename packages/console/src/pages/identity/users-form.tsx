import { type Cluster, clusterPath, type User, type UserInput, users } from "@interpres/admin-api";
import { Alert, Checkbox, NativeSelect, TextInput, Title } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { usePorts } from "../../data/ports.ts";
import { useAnswer } from "../../data/resources.ts";
import { Addresses } from "../../template/addresses.tsx";
import { EditForm } from "../../template/edit-form.tsx";
import { FactsTable } from "../../template/facts-table.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import type { Shown } from "../../template/item-path.ts";
import { PasswordField } from "../../template/password-field.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { randomPassword } from "./random-password.ts";

const own = texts.users;
const BLANK: UserInput = { jid: "", displayName: "", mailId: "", enabled: true, password: "" };
const BLANK_KNOWN = { ...BLANK, node: "" };

interface Props {
  readonly path: string;
  readonly shown: Exclude<Shown, { readonly kind: "list" }>;
}

/** One user. Who gets no password when she is added gets a random one, which is shown once. */
export function UserForm({ path, shown }: Props): ReactNode {
  const ports = usePorts();
  const [made, setMade] = useState<Pick<UserInput, "jid" | "password">>();
  const inputOf = ({ password, ...values }: UserInput, user: User | undefined): UserInput => {
    const chosen = password !== "" || user !== undefined ? password : randomPassword(ports);
    setMade(chosen === password ? undefined : { jid: values.jid.toLowerCase(), password: chosen });
    // The node takes no empty password for "as it was".
    return chosen === "" ? (values as UserInput) : { ...values, password: chosen };
  };
  return (
    <EditForm
      title={own.formTitle}
      resource={users}
      path={path}
      shown={shown}
      keyOf={({ jid }: User) => jid}
      blank={shown.kind === "edit" ? BLANK_KNOWN : BLANK}
      inputOf={inputOf}
      fields={(form, user) => <UserFields form={form} user={user} />}
      aside={(user) => (
        <>
          {made?.jid === user.jid.toLowerCase() && (
            <Alert mt="md" title={own.passwordMade} color="blue">
              {fill(own.passwordOnce, { jid: user.jid, password: made.password })}
            </Alert>
          )}
          <UserFacts user={user} />
        </>
      )}
    />
  );
}

interface FieldsProps {
  readonly form: UseFormReturnType<UserInput>;
  readonly user: User | undefined;
}

function UserFields({ form, user }: FieldsProps): ReactNode {
  const nodes = useAnswer<Cluster>(clusterPath).data?.nodes ?? [];
  const isKept = user?.origin.kind === "directory";
  return (
    <FieldGroup legend={own.group}>
      <TextInput
        label={own.jid}
        description={own.jidHelp}
        required
        readOnly={user !== undefined}
        {...form.getInputProps("jid")}
      />
      <TextInput
        label={own.displayName}
        description={isKept ? own.inDirectory : undefined}
        readOnly={isKept}
        maxLength={255}
        {...form.getInputProps("displayName")}
      />
      <TextInput
        label={own.mailId}
        description={isKept ? own.inDirectory : own.mailIdHelp}
        readOnly={isKept}
        maxLength={320}
        {...form.getInputProps("mailId")}
      />
      <NativeSelect label={own.node} data={nodes.map(({ name }) => name)} {...form.getInputProps("node")} />
      <PasswordField
        label={own.password}
        description={user === undefined ? own.passwordHelp : own.newPasswordHelp}
        autoComplete="new-password"
        readOnly={isKept}
        {...form.getInputProps("password")}
      />
      <Checkbox
        label={own.enabled}
        description={own.enabledHelp}
        {...form.getInputProps("enabled", { type: "checkbox" })}
      />
    </FieldGroup>
  );
}

function UserFacts({ user: { federationAddress, origin, addresses } }: { readonly user: User }): ReactNode {
  return (
    <section aria-label={own.facts}>
      <Title order={2} size="h4" mt="lg" mb="xs">
        {own.facts}
      </Title>
      <FactsTable
        label={own.facts}
        rows={[
          [own.federationAddress, federationAddress],
          [own.origin, origin.kind === "directory" ? origin.dn : own.origins.administrator],
        ]}
      />
      <Addresses addresses={addresses} />
    </section>
  );
}
