import type { PolicyExplainInput } from "@interpres/admin-api";
import { Box, Button, Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { texts } from "../../texts/texts.ts";

const own = texts.routeTester;
const DIRECTIONS = (["outbound", "inbound"] as const).map((value) => ({ value, label: own.directions[value] }));
const PROTOCOLS = (["tls", "tcp", "udp"] as const).map((value) => ({
  value,
  label: texts.staticRoutes.protocols[value],
}));

export interface Question {
  readonly address: string;
  readonly direction: "outbound" | "inbound";
  readonly source: string;
  readonly protocol: "tls" | "tcp" | "udp";
  readonly commonName: string;
  readonly dnsNames: string;
}

/** What is asked; a link may have asked it already. */
export function useQuestion(): readonly [Question, (question: Question) => void] {
  const { uri = "" } = useSearch({ strict: false }) as { readonly uri?: unknown };
  return useState<Question>({
    address: String(uri),
    direction: "outbound",
    source: "",
    protocol: "tls",
    commonName: "",
    dnsNames: "",
  });
}

/** The question as the node takes it. */
export function inputOf(question: Question): PolicyExplainInput {
  const { address, direction, source, protocol, commonName, dnsNames } = question;
  if (direction === "outbound") return { uri: address };
  const names = dnsNames.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
  const certificate = { ...(commonName === "" ? {} : { commonName }), dnsNames: names };
  const shows = commonName === "" && names.length === 0 ? {} : { certificate };
  return { inbound: { address: source, domain: domainOf(address), protocol, ...shows } };
}

/** The domain of an address, a SIP URI or a domain. */
export function domainOf(address: string): string {
  return address
    .replace(/^sips?:/i, "")
    .replace(/^[^@]*@/, "")
    .replace(/[:;?].*$/, "")
    .toLowerCase();
}

interface Props {
  readonly question: Question;
  readonly onAsk: (question: Question) => void;
}

export function QuestionForm({ question, onAsk }: Props): ReactNode {
  const form = useForm<Question>({ initialValues: question });
  return (
    <Box
      component="form"
      mb="md"
      noValidate
      onSubmit={form.onSubmit(({ address, source, ...typed }) =>
        onAsk({ ...typed, address: address.trim(), source: source.trim() }),
      )}
    >
      <FieldGroup legend={own.group}>
        <TextInput
          label={own.address}
          description={own.addressHelp}
          maxLength={2048}
          {...form.getInputProps("address")}
        />
        <NativeSelect label={own.direction} data={DIRECTIONS} {...form.getInputProps("direction")} />
        {form.values.direction === "inbound" && <PeerFields form={form} />}
        <Group>
          <Button type="submit">{own.test}</Button>
        </Group>
      </FieldGroup>
    </Box>
  );
}

/** Who would be there. */
function PeerFields({ form }: { readonly form: UseFormReturnType<Question> }): ReactNode {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput label={own.source} maxLength={64} {...form.getInputProps("source")} />
      <NativeSelect label={own.protocol} data={PROTOCOLS} {...form.getInputProps("protocol")} />
      <TextInput
        label={own.commonName}
        description={own.commonNameHelp}
        maxLength={255}
        {...form.getInputProps("commonName")}
      />
      <TextInput label={own.dnsNames} description={own.dnsNamesHelp} {...form.getInputProps("dnsNames")} />
    </SimpleGrid>
  );
}
