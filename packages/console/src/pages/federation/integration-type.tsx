import type { SipFederatedDomainInput } from "@interpres/admin-api";
import { Checkbox, Radio, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { texts } from "../../texts/texts.ts";

const own = texts.sipFederation;

/** The fields of a form that say what is on the other side. */
export type OtherSide = Pick<SipFederatedDomainInput, "integrationType" | "directFederation">;

/** What kind of peer a domain is, and whether it is reached directly. */
export function IntegrationTypeFields<Values extends OtherSide>({
  form,
}: {
  readonly form: UseFormReturnType<Values>;
}): ReactNode {
  const choose = (integrationType: OtherSide["integrationType"]) => {
    // Only the one type has it; a box that can no longer be unchecked must not stay checked.
    const chosen: OtherSide =
      integrationType === "microsoft" ? { integrationType } : { integrationType, directFederation: false };
    form.setValues(chosen as Partial<Values>);
  };
  return (
    <>
      <Radio.Group
        label={own.integrationType}
        required
        {...form.getInputProps("integrationType")}
        onChange={(chosen) => choose(chosen as OtherSide["integrationType"])}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="microsoft" label={own.types.microsoft} />
          <Radio value="aol" label={own.types.aol} />
          <Radio value="standard" label={own.types.standard} />
        </Stack>
      </Radio.Group>
      <Checkbox
        label={own.directFederation}
        description={own.directFederationHelp}
        disabled={form.values.integrationType !== "microsoft"}
        {...form.getInputProps("directFederation", { type: "checkbox" })}
      />
    </>
  );
}
