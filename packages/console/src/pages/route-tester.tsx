import { type RouteExplanation, routeExplanationPath, withQuery } from "@interpres/admin-api";
import { Badge, Box, Button, Group, Text, TextInput, Title } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { messageOf } from "../data/problems.ts";
import { useAnswer } from "../data/resources.ts";
import { FieldGroup } from "../template/field-group.tsx";
import { NoticeLink } from "../template/notice-link.tsx";
import { PageTitle } from "../template/page-title.tsx";
import { StatusArea } from "../template/status-area.tsx";
import { fill, texts } from "../texts/texts.ts";
import classes from "./doctor.module.css";
import { placeOfRule } from "./why-place.ts";

const own = texts.routeTester;
const COLORS = { matched: "green", none: "gray", skipped: "gray", failed: "red" } as const;

/** Where a message to an address would go, and which step decided it. */
export default function RouteTester(): ReactNode {
  const { uri = "" } = useSearch({ strict: false }) as { readonly uri?: unknown };
  const [typed, setTyped] = useState(String(uri));
  const [asked, setAsked] = useState(String(uri));
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <Box
        component="form"
        mb="md"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(typed.trim());
        }}
      >
        <FieldGroup legend={own.group}>
          <TextInput
            label={own.address}
            description={own.addressHelp}
            maxLength={2048}
            value={typed}
            onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          />
          <Group>
            <Button type="submit">{own.test}</Button>
          </Group>
        </FieldGroup>
      </Box>
      {asked === "" ? <StatusArea status={{ kind: "idle", text: own.help }} /> : <Explanation uri={asked} />}
    </>
  );
}

function Explanation({ uri }: { readonly uri: string }): ReactNode {
  const { data, error } = useAnswer<RouteExplanation>(withQuery(routeExplanationPath, { uri }), { intervalMs: 5000 });
  if (error !== null) return <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />;
  if (data === undefined) return <StatusArea status={{ kind: "idle", text: texts.template.loading }} />;
  return (
    <>
      <StatusArea
        status={{ kind: "idle", text: fill(own.verdicts[data.verdict], { uri: data.uri, domain: data.domain }) }}
      />
      {data.verdict === "not-federated" && <NoticeLink link="/sip-federated-domains" label={texts.why.change} />}
      {data.steps.length > 0 && <Steps steps={data.steps} />}
      {data.nextHops.length > 0 && <NextHops hops={data.nextHops} />}
    </>
  );
}

function Steps({ steps }: Pick<RouteExplanation, "steps">): ReactNode {
  return (
    <>
      <Title order={2} size="h4">
        {own.steps}
      </Title>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <Step key={step.step} step={step} />
        ))}
      </ol>
    </>
  );
}

function Step({ step }: { readonly step: RouteExplanation["steps"][number] }): ReactNode {
  const { rule, name, outcome, detail } = step;
  return (
    <li className={classes.step} {...(outcome === "matched" ? { "aria-current": "step" } : {})}>
      <Badge
        color={COLORS[outcome]}
        variant={outcome === "matched" ? "filled" : "light"}
        className={classes.mark ?? ""}
      >
        {own.outcomes[outcome]}
      </Badge>
      <div className={classes.found}>
        <Text fw={outcome === "matched" ? 700 : 400} className={classes.sentence ?? ""}>
          {name}
        </Text>
        <Text size="sm" className={classes.sentence ?? ""}>
          {detail}
        </Text>
        <NoticeLink link={placeOfRule(rule)} label={texts.why.change} />
      </div>
    </li>
  );
}

function NextHops({ hops }: { readonly hops: RouteExplanation["nextHops"] }): ReactNode {
  return (
    <>
      <Title order={2} size="h4">
        {own.nextHops}
      </Title>
      <ol>
        {hops.map(({ host, port, protocol, addresses, from }) => (
          <li key={`${host}:${port} ${from}`}>
            {fill(own.nextHop, { host, port, protocol, from, addresses: addresses.join(", ") })}
          </li>
        ))}
      </ol>
    </>
  );
}
