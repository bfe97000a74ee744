import { type DecisionEvent, withQuery } from "@interpres/admin-api";
import { Anchor, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { Addresses } from "../../template/addresses.tsx";
import { momentText } from "../../template/moment.ts";
import { NoticeLink } from "../../template/notice-link.tsx";
import { texts } from "../../texts/texts.ts";
import classes from "../doctor/doctor.module.css";
import { placeOfRule } from "./why-place.ts";
import { callOf, findingOf, sentenceOf } from "./why-sentences.ts";

const own = texts.why;

/** What was decided, newest first, each rule with what it saw and where it is set. */
export function WhyChain({ events }: { readonly events: readonly DecisionEvent[] }): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" mt="lg" id={id}>
        {own.chain}
      </Title>
      <ol className={classes.steps}>
        {events.map((event) => (
          <li key={`${event.id} ${event.at} ${event.result}`} className={classes.step}>
            <Text size="sm">{momentText(event.at)}</Text>
            <div className={classes.found}>
              <Text fw={600} className={classes.sentence ?? ""}>
                {sentenceOf(event)}
              </Text>
              <Addresses addresses={event.addresses} />
              {event.decisions.map((decision) => (
                <Rule key={decision.rule} decision={decision} />
              ))}
              <LadderLink event={event} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Rule({ decision }: { readonly decision: DecisionEvent["decisions"][number] }): ReactNode {
  const { rule, meaning, seen, expected, outcome } = findingOf(decision);
  const all: readonly (readonly [string, string])[] = [
    [own.rule, rule],
    [own.meaning, meaning],
    [own.seen, seen],
    [own.expected, expected],
    [own.outcome, outcome],
  ];
  return (
    <>
      <dl className={classes.findings}>
        {all.map(
          ([label, text]) =>
            text !== "" && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
      <NoticeLink link={placeOfRule(rule)} label={own.change} />
    </>
  );
}

/** The messages of the same call, where the event names one. */
function LadderLink({ event }: { readonly event: DecisionEvent }): ReactNode {
  const call = callOf(event);
  if (call === undefined) return null;
  // In quotes, or the router would take one of digits for a number.
  const path = withQuery("/diagnosis/ladder", { user: event.user, call: JSON.stringify(call), at: event.at });
  return (
    <Anchor component={Link} to={path} size="sm">
      {own.ladder}
    </Anchor>
  );
}
