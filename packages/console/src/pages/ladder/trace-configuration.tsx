import { type TraceCollector, type TraceCollectorInput, traceCollectorPath } from "@interpres/admin-api";
import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { useAnswer } from "../../data/resources.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { Loaded } from "../../template/loaded.tsx";
import { PasswordField } from "../../template/password-field.tsx";
import { SettingsForm } from "../../template/settings-form.tsx";
import { texts } from "../../texts/texts.ts";

const own = texts.traceConfiguration;

/** The collector as its form has it. */
interface Values extends Omit<TraceCollector, "hasAuthKey" | "bodies"> {
  readonly showsBodies: boolean;
  readonly authKey: string;
  readonly hasNoKey: boolean;
}

/** Serviceability > Trace > Configuration: where what passes is sent to. */
export default function TraceConfiguration(): ReactNode {
  const collector = useAnswer<TraceCollector>(traceCollectorPath);
  const api = useApi();
  return (
    <Loaded title={own.title} query={collector}>
      {(stored) => (
        <SettingsForm<Values>
          title={own.title}
          stored={valuesOf(stored)}
          save={async (changed) => {
            const input = inputOf({ ...valuesOf(stored), ...changed });
            const saved = (await api.ask("PUT", traceCollectorPath, input)) as TraceCollector;
            return { ...saved, ...valuesOf(saved) };
          }}
          fields={(form) => <Fields form={form} hasAuthKey={stored.hasAuthKey} />}
        />
      )}
    </Loaded>
  );
}

function valuesOf({ hasAuthKey: _kept, bodies, ...stored }: TraceCollector): Values {
  return { ...stored, showsBodies: bodies === "shown", authKey: "", hasNoKey: false };
}

function inputOf({ showsBodies, authKey, hasNoKey, ...values }: Values): TraceCollectorInput {
  const key = hasNoKey ? { authKey: null } : authKey === "" ? {} : { authKey };
  return { ...values, bodies: showsBodies ? "shown" : "masked", ...key };
}

interface FieldsProps {
  readonly form: UseFormReturnType<Values>;
  readonly hasAuthKey: boolean;
}

function Fields({ form, hasAuthKey }: FieldsProps): ReactNode {
  return (
    <FieldGroup legend={own.collector}>
      <Checkbox label={own.enabled} {...form.getInputProps("enabled", { type: "checkbox" })} />
      <TextInput label={own.host} description={own.hostHelp} {...form.getInputProps("host")} />
      <NumberInput label={own.port} min={1} max={65_535} {...form.getInputProps("port")} />
      <Select
        label={own.protocol}
        description={own.protocolHelp}
        data={[...own.protocols]}
        allowDeselect={false}
        {...form.getInputProps("protocol")}
      />
      <NumberInput label={own.captureId} description={own.captureIdHelp} min={0} {...form.getInputProps("captureId")} />
      <PasswordField
        label={own.authKey}
        description={hasAuthKey ? own.authKeyKept : own.authKeyHelp}
        autoComplete="new-password"
        {...form.getInputProps("authKey")}
      />
      {hasAuthKey && <Checkbox label={own.noKey} {...form.getInputProps("hasNoKey", { type: "checkbox" })} />}
      <Checkbox
        label={own.bodies}
        description={own.bodiesHelp}
        {...form.getInputProps("showsBodies", { type: "checkbox" })}
      />
    </FieldGroup>
  );
}
