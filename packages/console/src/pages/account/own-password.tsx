import type { PasswordChange } from "@interpres/admin-api";
import { Group } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { refusalOf } from "../../data/problems.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { PasswordField } from "../../template/password-field.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";

const own = texts.ownPassword;
const BLANK: PasswordChange = { currentPassword: "", newPassword: "" };

/** Access > My Password: one's own; with it all one's sessions end, this one too. */
export default function OwnPassword(): ReactNode {
  const api = useApi();
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const form = useForm<PasswordChange>({ initialValues: BLANK });
  const change = async () => {
    form.clearErrors();
    try {
      await api.ask("PUT", "/session/password", form.values);
      form.reset();
      setStatus({ kind: "done", text: own.changed });
      // The next answer is that nobody is signed in: the sign-in opens over the page.
      await api.ask("GET", "/session").catch(() => undefined);
    } catch (error) {
      const { fields, general } = refusalOf(error, Object.keys(BLANK));
      form.setErrors({ ...fields });
      setStatus({ kind: "refused", reasons: [...general, ...Object.values(fields)] });
    }
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <FieldGroup legend={own.group}>
          <PasswordField
            label={own.current}
            required
            autoComplete="current-password"
            {...form.getInputProps("currentPassword")}
          />
          <PasswordField
            label={own.next}
            description={own.nextHelp}
            required
            autoComplete="new-password"
            {...form.getInputProps("newPassword")}
          />
          <Group>
            <GuardedButton may={{ kind: "yes" }} type="submit">
              {own.change}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </form>
    </>
  );
}
