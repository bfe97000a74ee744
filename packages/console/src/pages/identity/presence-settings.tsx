import { type PresenceSettings, type PresenceSettingsPatch, presenceSettingsPath } from "@interpres/admin-api";
import { Checkbox, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useAnswer } from "../../data/resources.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { Loaded } from "../../template/loaded.tsx";
import { fieldMoment, momentOf } from "../../template/moment.ts";
import { SettingsForm } from "../../template/settings-form.tsx";
import { texts } from "../../texts/texts.ts";
import { Addresses } from "./presence-settings-addresses.tsx";
import { EmailWarning } from "./presence-settings-email.tsx";
import { LimitField } from "./presence-settings-limit.tsx";

const own = texts.presenceSettings;

/** Presence > Settings. */
export default function PresenceSettingsPage(): ReactNode {
  const query = useAnswer<PresenceSettings>(presenceSettingsPath);
  return (
    <Loaded title={own.title} query={query}>
      {(stored) => (
        <>
          <Form stored={stored} />
          <Addresses />
        </>
      )}
    </Loaded>
  );
}

function Form({ stored }: { readonly stored: PresenceSettings }): ReactNode {
  const api = useApi();
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
          <FederationFields form={form} stored={stored} onAcknowledge={() => acknowledge(true)} />
        </>
      )}
    />
  );
}

interface FederationProps {
  readonly form: UseFormReturnType<PresenceSettings>;
  readonly stored: PresenceSettings;
  /** The warning was read. */
  readonly onAcknowledge: () => void;
}

/** Mail addresses abroad, and how long the old addresses still count. */
function FederationFields({ form, stored, onAcknowledge }: FederationProps): ReactNode {
  const [isWarning, warn] = useState(false);
  const use = (isUsed: boolean) => form.setFieldValue("useEmailAddressWhenFederating", isUsed);
  return (
    <FieldGroup legend={own.federation}>
      <Checkbox
        label={own.useEmailAddress}
        checked={form.values.useEmailAddressWhenFederating}
        error={form.errors.useEmailAddressWhenFederating ?? form.errors.acknowledgeWarning}
        onChange={({ currentTarget: { checked } }) =>
          checked && !stored.useEmailAddressWhenFederating ? warn(true) : use(checked)
        }
      />
      <TextInput
        label={own.acceptJidUntil}
        description={own.acceptJidUntilHelp}
        type="datetime-local"
        value={fieldMoment(form.values.acceptJidUntil)}
        error={form.errors.acceptJidUntil}
        onChange={({ currentTarget }) => form.setFieldValue("acceptJidUntil", momentOf(currentTarget.value) || null)}
      />
      <EmailWarning
        isOpen={isWarning}
        onOk={() => {
          warn(false);
          onAcknowledge();
          use(true);
        }}
        onCancel={() => warn(false)}
      />
    </FieldGroup>
  );
}
