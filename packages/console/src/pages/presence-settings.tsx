import { type PresenceSettings, type PresenceSettingsPatch, presenceSettingsPath } from "@interpres/admin-api";
import { Checkbox } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { useAnswer } from "../data/resources.ts";
import { FieldGroup } from "../template/field-group.tsx";
import { Loaded } from "../template/loaded.tsx";
import { SettingsForm } from "../template/settings-form.tsx";
import { texts } from "../texts/texts.ts";
import { EmailWarning } from "./presence-settings-email.tsx";
import { LimitField } from "./presence-settings-limit.tsx";

const own = texts.presenceSettings;

/** Presence > Settings. */
export default function PresenceSettingsPage(): ReactNode {
  const query = useAnswer<PresenceSettings>(presenceSettingsPath);
  return (
    <Loaded title={own.title} query={query}>
      {(stored) => <Form stored={stored} />}
    </Loaded>
  );
}

function Form({ stored }: { readonly stored: PresenceSettings }): ReactNode {
  const api = useApi();
  const [isWarning, warn] = useState(false);
  const [isAcknowledged, acknowledge] = useState(false);
  const save = (changed: Partial<PresenceSettings>) => {
    const patch: PresenceSettingsPatch = isAcknowledged ? { ...changed, acknowledgeWarning: true } : changed;
    return api.ask("PATCH", presenceSettingsPath, patch) as Promise<PresenceSettings>;
  };
  return (
    <SettingsForm
      title={own.title}
      stored={stored}
      save={save}
      fields={(form) => (
        <>
          <FieldGroup legend={own.availability}>
            <Checkbox
              label={own.allowWithoutApproval}
              {...form.getInputProps("allowWithoutApproval", { type: "checkbox" })}
            />
            <LimitField label={own.maxContactListSize} {...form.getInputProps("maxContactListSize")} />
            <LimitField label={own.maxWatchers} {...form.getInputProps("maxWatchers")} />
          </FieldGroup>
          <FieldGroup legend={own.federation}>
            <Checkbox
              label={own.useEmailAddress}
              checked={form.values.useEmailAddressWhenFederating}
              error={form.errors.useEmailAddressWhenFederating ?? form.errors.acknowledgeWarning}
              onChange={({ currentTarget }) => {
                if (currentTarget.checked && !stored.useEmailAddressWhenFederating) warn(true);
                else form.setFieldValue("useEmailAddressWhenFederating", currentTarget.checked);
              }}
            />
          </FieldGroup>
          <EmailWarning
            isOpen={isWarning}
            onOk={() => {
              warn(false);
              acknowledge(true);
              form.setFieldValue("useEmailAddressWhenFederating", true);
            }}
            onCancel={() => warn(false)}
          />
        </>
      )}
    />
  );
}
