import {
  type PolicyDraft,
  type PolicyOutcome,
  type PolicyReplay,
  policyReplayPath,
  policyReplaysPath,
  type ReplayGroup,
} from "@interpres/admin-api";
import { Anchor, Badge, Button, Group, NativeSelect, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { usePorts } from "../../data/ports.ts";
import { messageOf } from "../../data/problems.ts";
import { useAnswer, useChange } from "../../data/resources.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { momentText } from "../../template/moment.ts";
import { StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import classes from "../doctor/doctor.module.css";
import { type Period, periodBefore, periods } from "./simulator-period.ts";

const own = texts.routeTester.replay;
const LOOK_MS = 300;
const PERIODS = periods.map((value) => ({ value, label: own.periods[value] }));

/** What recorded traffic would have met under the draft, as groups with counts. */
export function Replay({ draft }: { readonly draft: PolicyDraft | undefined }): ReactNode {
  const api = useApi();
  const { now } = usePorts();
  const [period, setPeriod] = useState<Period>("day");
  const start = useChange((asked: PolicyDraft) => {
    const range = periodBefore(period, now());
    return api.ask("POST", policyReplaysPath, { draft: asked, ...range }) as Promise<PolicyReplay>;
  });
  const may = draft === undefined ? ({ kind: "no", reason: texts.routeTester.draft.nothing } as const) : MAY;
  return (
    <section aria-label={own.title}>
      <FieldGroup legend={own.title} width="full">
        <Text mb="xs">{own.help}</Text>
        <Group align="end" mb="md">
          <NativeSelect
            label={own.period}
            data={PERIODS}
            value={period}
            onChange={({ currentTarget }) => setPeriod(currentTarget.value as Period)}
          />
          <GuardedButton may={may} loading={start.isPending} onClick={() => draft && start.mutate(draft)}>
            {own.run}
          </GuardedButton>
        </Group>
        {start.error !== null && <StatusArea status={{ kind: "refused", reasons: [messageOf(start.error)] }} />}
        {start.data !== undefined && <Running key={start.data.id} begun={start.data} />}
      </FieldGroup>
    </section>
  );
}

const MAY = { kind: "yes" } as const;

function Running({ begun }: { readonly begun: PolicyReplay }): ReactNode {
  const api = useApi();
  const [last, setLast] = useState(begun);
  const isRunning = last.state === "running";
  const { data, error } = useAnswer<PolicyReplay>(policyReplayPath(begun.id), {
    intervalMs: isRunning ? LOOK_MS : false,
  });
  const cancel = useChange(() => api.ask("DELETE", policyReplayPath(begun.id)));
  const found = data ?? last;
  if (found !== last) setLast(found);
  if (error !== null) return <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />;
  if (isRunning)
    return (
      <>
        <StatusArea status={{ kind: "idle", text: fill(own.progress, { done: found.done, size: found.size }) }} />
        <Button variant="default" onClick={() => cancel.mutate(undefined)}>
          {own.cancel}
        </Button>
      </>
    );
  return <Found found={found} />;
}

function Found({ found }: { readonly found: PolicyReplay }): ReactNode {
  const { state, total, unchanged, wouldBeRefused: refused, reason = "", groups } = found;
  const text = fill(own.states[state === "running" ? "done" : state], { total, unchanged, refused, reason });
  return (
    <>
      <StatusArea status={{ kind: "idle", text }} />
      {remarksOf(found).map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
      {groups.length > 0 && <Groups groups={groups} />}
    </>
  );
}

/** What has to be known beside the groups. */
function remarksOf(found: PolicyReplay): readonly string[] {
  const { from, to, recordedFrom, unknown, decidedOtherwiseSince, groupsLeftOff } = found;
  const words: Readonly<Record<string, string>> = own.unknown;
  return [
    fill(own.recorded, { from: momentText(from), to: momentText(to) }),
    ...(recordedFrom === null ? [own.notRecorded] : []),
    ...(recordedFrom === null || recordedFrom === from
      ? []
      : [fill(own.recordedFrom, { from: momentText(recordedFrom) })]),
    ...Object.entries(unknown).map(([reason, count]) => fill(words[reason] ?? reason, { count })),
    ...(decidedOtherwiseSince === 0 ? [] : [fill(own.otherwise, { count: decidedOtherwiseSince })]),
    ...(groupsLeftOff === 0 ? [] : [fill(own.leftOff, { count: groupsLeftOff })]),
  ];
}

function Groups({ groups }: { readonly groups: readonly ReplayGroup[] }): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" mt="lg" id={id}>
        {own.groups}
      </Title>
      <ol className={classes.steps}>
        {groups.map((group) => (
          <GroupView key={keyOf(group)} group={group} />
        ))}
      </ol>
    </section>
  );
}

function keyOf({ traffic, peer, recorded, now, draft }: ReplayGroup): string {
  return JSON.stringify([traffic, peer, recorded, now, draft]);
}

/** What is decided otherwise, how often, about whom, and the way to why for a few of them. */
function GroupView({ group }: { readonly group: ReplayGroup }): ReactNode {
  const { peer, count, now, recorded, draft, who, examples } = group;
  const rows: readonly (readonly [string, string])[] = [
    [own.now, thenText(outcomeText(now), now, recorded)],
    [own.draft, outcomeText(draft)],
    [own.who, who.join(", ")],
  ];
  return (
    <li className={classes.step}>
      <Badge size="lg" color={draft.kind === "refused" ? "red" : "gray"} className={classes.mark ?? ""}>
        {count}
      </Badge>
      <div className={classes.found}>
        <Text fw={600} className={classes.sentence ?? ""}>
          {fill(own.group, { peer, traffic: trafficText(group) })}
        </Text>
        <dl className={classes.findings}>
          {rows.map(([label, text]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <Examples examples={examples} />
      </div>
    </li>
  );
}

function trafficText({ traffic, methods }: ReplayGroup): string {
  const counts = Object.entries(methods).map(([method, count]) => `${method} ${count}`);
  return [own.traffics[traffic], ...counts].join(" ");
}

function outcomeText({ kind, rule, detail }: PolicyOutcome): string {
  return fill(own.outcomes[kind], { rule: rule ?? "", detail });
}

/** Where it was refused then by another rule than now, that too. */
function thenText(outcome: string, now: PolicyOutcome, { rule }: PolicyOutcome): string {
  return rule === null || rule === now.rule ? outcome : fill(own.wasRefused, { outcome, rule });
}

/** The way to why, for a few of those concerned. */
function Examples({ examples }: Pick<ReplayGroup, "examples">): ReactNode {
  return examples.map(({ id, at, user = "", peer = "" }) => (
    <div key={`${id} ${at}`}>
      <Anchor component={Link} to="/diagnosis/why" search={{ user, contact: peer } as never} size="sm">
        {fill(own.example, { user: user || texts.template.none, peer, at: momentText(at) })}
      </Anchor>
    </div>
  ));
}
