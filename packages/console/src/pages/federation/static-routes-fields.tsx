import type { StaticRouteInput } from "@interpres/admin-api";
import { Button, Group, NumberInput, Radio, Select, Switch, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { domainOfPattern, patternOfDomain } from "./destination-pattern.ts";

const own = texts.staticRoutes;

/** The form begins with what federation needs, not with the book's 5060, TCP and user. */
export const BLANK_ROUTE: StaticRouteInput = {
  destinationPattern: "",
  description: "",
  nextHop: "",
  nextHopPort: 5061,
  routeType: "domain",
  protocol: "tls",
  priority: 1,
  weight: 1,
  allowLessSpecific: true,
  inService: true,
  blocked: false,
};

/** The fields of a route, in the book's order. */
export function RouteFields({ form }: { readonly form: UseFormReturnType<StaticRouteInput> }): ReactNode {
  const whole = (name: "nextHopPort" | "priority" | "weight", min: number) => (
    <NumberInput
      label={own[name]}
      description={own[`${name}Help`]}
      required
      min={min}
      max={65535}
      allowDecimal={false}
      {...form.getInputProps(name)}
    />
  );
  return (
    <FieldGroup legend={own.group}>
      <TextInput
        label={own.destinationPattern}
        description={<PatternHelp form={form} />}
        required
        maxLength={255}
        {...form.getInputProps("destinationPattern")}
      />
      <TextInput label={own.description} maxLength={255} {...form.getInputProps("description")} />
      <TextInput
        label={own.nextHop}
        description={own.nextHopHelp}
        required
        maxLength={255}
        {...form.getInputProps("nextHop")}
      />
      {whole("nextHopPort", 0)}
      <Radio.Group label={own.routeType} {...form.getInputProps("routeType")}>
        <Group mt="xs">
          <Radio value="domain" label={own.routeTypes.domain} />
          <Radio value="user" label={own.routeTypes.user} />
        </Group>
      </Radio.Group>
      <Select
        label={own.protocol}
        data={(["tls", "tcp", "udp"] as const).map((value) => ({ value, label: own.protocols[value] }))}
        allowDeselect={false}
        {...form.getInputProps("protocol")}
      />
      {whole("priority", 1)}
      {whole("weight", 1)}
      <Switch label={own.allowLessSpecific} {...form.getInputProps("allowLessSpecific", { type: "checkbox" })} />
      <Switch label={own.inService} {...form.getInputProps("inService", { type: "checkbox" })} />
      <Switch
        label={own.blocked}
        description={own.blockedHelp}
        {...form.getInputProps("blocked", { type: "checkbox" })}
      />
    </FieldGroup>
  );
}

/** Says what a pattern stands for, and turns a domain round. */
function PatternHelp({ form }: { readonly form: UseFormReturnType<StaticRouteInput> }): ReactNode {
  const typed = form.values.destinationPattern.trim();
  const pattern = patternOfDomain(typed);
  const domain = domainOfPattern(typed);
  if (pattern !== undefined)
    return (
      <Group gap="xs" component="span">
        <Text component="span" size="xs">
          {fill(own.reverseHelp, { pattern })}
        </Text>
        <Button size="compact-xs" variant="light" onClick={() => form.setFieldValue("destinationPattern", pattern)}>
          {own.reverse}
        </Button>
      </Group>
    );
  if (domain !== undefined) return fill(own.meaning[domain.reach], { domain: domain.name });
  return own.destinationPatternHelp;
}
