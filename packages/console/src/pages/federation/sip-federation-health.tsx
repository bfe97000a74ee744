import {
  type DnsCheck,
  dnsRecordsPath,
  type FederationStatus,
  federationStatusPath,
  type RouteExplanation,
  routeExplanationPath,
  withQuery,
} from "@interpres/admin-api";
import { Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { momentText } from "../../template/moment.ts";
import { fill, texts } from "../../texts/texts.ts";
import { LampView, lampHeads } from "../overview/lamps.tsx";

const own = texts.sipFederation.health;

/** How it stands with a federated domain: what passes, which way it goes, its records, and what went wrong last. */
export function DomainHealth({ domain }: { readonly domain: string }): ReactNode {
  const status = useAnswer<FederationStatus>(federationStatusPath(domain), { intervalMs: 10_000 }).data;
  return (
    <section aria-label={own.title}>
      <Title order={2} size="h4" mt="xl" mb="xs">
        {own.title}
      </Title>
      {status !== undefined && (
        <>
          <Lamps status={status} />
          <LastErrors status={status} />
        </>
      )}
      <Route domain={domain} />
      <Records domain={domain} />
    </section>
  );
}

function Lamps({ status }: { readonly status: FederationStatus }): ReactNode {
  return (
    <Table variant="vertical" layout="fixed" withTableBorder>
      <Table.Tbody>
        {lampHeads.map(({ name, label }) => (
          <Table.Tr key={name}>
            <Table.Th w={180}>{label}</Table.Th>
            <Table.Td>
              <LampView lamp={status[name]} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function LastErrors({ status }: { readonly status: FederationStatus }): ReactNode {
  const failures = lampHeads.flatMap(({ name, label }) => {
    const { lastFailure } = status[name];
    return lastFailure === null ? [] : [{ label, ...lastFailure }];
  });
  return (
    <Part title={own.lastErrors}>
      {failures.length === 0
        ? own.noErrors
        : failures.map(({ label, at, user, rule, status: code, detail }) => (
            <div key={label}>
              {fill(own.failure, { label, at: momentText(at), user: user ?? "", status: code ?? "", rule, detail })}
            </div>
          ))}
    </Part>
  );
}

function Route({ domain }: { readonly domain: string }): ReactNode {
  const { data } = useAnswer<RouteExplanation>(withQuery(routeExplanationPath, { uri: `sip:user@${domain}` }));
  if (data === undefined) return null;
  return (
    <Part title={fill(own.route, { verdict: own.verdicts[data.verdict] })}>
      {data.steps.map(({ step, name, outcome, detail }) => (
        <div key={step}>{fill(own.step, { step, name, outcome, detail })}</div>
      ))}
      {data.nextHops.map(({ host, port, protocol, addresses }) => (
        <div key={`${host}:${port}`}>
          {fill(own.nextHop, { host, port, protocol, addresses: addresses.join(", ") })}
        </div>
      ))}
    </Part>
  );
}

function Records({ domain }: { readonly domain: string }): ReactNode {
  const { data } = useAnswer<DnsCheck>(`${dnsRecordsPath}/${encodeURIComponent(domain)}`);
  if (data === undefined) return null;
  return (
    <Part title={own.records}>
      {data.items.map(({ name, type, state, found, problems }) => (
        <div key={`${type} ${name}`}>
          {fill(own.record, { type, name, state: own.recordStates[state], found: found.join(", ") })}
          {problems.map((problem) => (
            <Text key={problem} size="sm" c="dimmed">
              {problem}
            </Text>
          ))}
        </div>
      ))}
    </Part>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <Title order={3} size="h6" mt="md" mb={4}>
        {title}
      </Title>
      <Text component="div" size="sm">
        {children}
      </Text>
    </>
  );
}
