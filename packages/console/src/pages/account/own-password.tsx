import type { PasswordChange } from "@interpres/admin-api";
import { Group } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { refusalOf } from "../../data/problems.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { PasswordField } from "../../template/password-field.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";

const own = texts.ownPassword;
const EVERYBODY = { kind: "yes" } as const;
const BLANK: PasswordChange = { currentPassword: "", newPassword: "" };

/** Access > My Password: one's own; with it all one's sessions end, this one too. */
export default function OwnPassword(): ReactNode {
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const form = useForm<PasswordChange>({ initialValues: BLANK });
  const change = usePasswordChange(form, setStatus);
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      <GuardedForm may={EVERYBODY} onSubmit={change}>
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
            <GuardedButton may={EVERYBODY} type="submit">
              {own.change}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </GuardedForm>
    </>
  );
}

function usePasswordChange(form: UseFormReturnType<PasswordChange>, report: (status: Status) => void) {
  const api = useApi();
  return async () => {
    form.clearErrors();
    try {
      await api.ask("PUT", "/session/password", form.values);
      form.reset();
      report({ kind: "done", text: own.changed });
      // The next answer is that nobody is signed in: the sign-in opens over the page.
      await api.ask("GET", "/session").catch(() => undefined);
    } catch (error) {
      const { fields, general } = refusalOf(error, Object.keys(BLANK));
      form.setErrors({ ...fields });
      report({ kind: "refused", reasons: [...general, ...Object.values(fields)] });
    }
  };
}
