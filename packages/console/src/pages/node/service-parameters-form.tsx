import type { ServiceParameter, ServiceParameters } from "@interpres/admin-api";
import { Button, NativeSelect, NumberInput, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { SettingsForm } from "../../template/settings-form.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.serviceParameters;
type Values = Record<string, string | number | boolean>;

interface Props {
  readonly parameters: ServiceParameters;
  readonly head: ReactNode;
  readonly save: (changed: Partial<Values>) => Promise<ServiceParameters>;
}

/** In the book's sections; what stands in none of them comes last. */
const SECTIONS: readonly (readonly [legend: string, names: readonly string[]])[] = [
  [own.sections.federationRouting, ["federationRoutingFqdn", "defaultFederationRoutingDomain"]],
  [own.sections.sip, ["useTransportInRecordRoute", "serverName"]],
  [own.sections.im, ["imGateway"]],
];

/** The parameters of one service, with the default beside each. */
export function ParametersForm({ parameters, head, save }: Props): ReactNode {
  const stored = valuesIn(parameters, "value");
  const listed = SECTIONS.flatMap(([, names]) => names);
  const others = Object.keys(parameters).filter((name) => !listed.includes(name));
  const sections = [...SECTIONS, [own.sections.others, others] as const];
  return (
    <SettingsForm
      title={own.title}
      head={head}
      stored={stored}
      save={async (changed) => {
        const saved = await save(changed);
        return { ...valuesIn(saved, "value"), warnings: warningsIn(saved) };
      }}
      fields={(form) =>
        sections.map(([legend, names]) => {
          const here = names.filter((name) => parameters[name] !== undefined);
          if (here.length === 0) return null;
          return (
            <FieldGroup key={legend} legend={legend}>
              {here.map((name) => {
                const parameter = parameters[name];
                return parameter !== undefined && <Field key={name} name={name} parameter={parameter} form={form} />;
              })}
            </FieldGroup>
          );
        })
      }
      actions={(form) => (
        <Button variant="default" onClick={() => form.setValues(valuesIn(parameters, "default"))}>
          {texts.template.setToDefault}
        </Button>
      )}
    />
  );
}

interface FieldProps {
  readonly name: string;
  readonly parameter: ServiceParameter;
  readonly form: UseFormReturnType<Values>;
}

function Field({ name, parameter, form }: FieldProps): ReactNode {
  const label = (own.names as Readonly<Record<string, string>>)[name] ?? name;
  const description = (
    <>
      {parameter.description}
      <Text component="span" size="xs" display="block">
        {fill(own.default, { value: written(parameter.default) })}
      </Text>
    </>
  );
  switch (typeof parameter.value) {
    case "boolean":
      return (
        <NativeSelect
          label={label}
          description={description}
          data={[own.on, own.off]}
          value={form.values[name] === true ? own.on : own.off}
          error={form.errors[name]}
          onChange={({ currentTarget }) => form.setFieldValue(name, currentTarget.value === own.on)}
        />
      );
    case "number":
      return <NumberInput label={label} description={description} {...form.getInputProps(name)} />;
    default:
      return <TextInput label={label} description={description} {...form.getInputProps(name)} />;
  }
}

function written(value: ServiceParameter["value"]): string {
  if (value === "") return own.empty;
  return typeof value === "boolean" ? (value ? own.on : own.off) : String(value);
}

function valuesIn(parameters: ServiceParameters, which: "value" | "default"): Values {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter[which]]));
}

function warningsIn(parameters: ServiceParameters): readonly { readonly path: string; readonly message: string }[] {
  return Object.entries(parameters).flatMap(([name, { warning }]) =>
    warning === undefined
      ? []
      : [{ path: (own.names as Readonly<Record<string, string>>)[name] ?? name, message: warning }],
  );
}
