import { Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { messageOf } from "../../data/problems.ts";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { type Asked, MOST_EVENTS, useWhy } from "./why-answer.ts";
import { WhyChain } from "./why-chain.tsx";
import { WhyForm } from "./why-form.tsx";
import { type Watching, whyOffline } from "./why-offline.ts";

const own = texts.why;

/** Looks up why messages and subscriptions went the way they went. */
export default function Why(): ReactNode {
  const [asked, setAsked] = useState<Asked>();
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <WhyForm onAsk={setAsked} />
      {asked === undefined ? <StatusArea status={{ kind: "idle", text: own.help }} /> : <Answer asked={asked} />}
    </>
  );
}

function Answer({ asked }: { readonly asked: Asked }): ReactNode {
  const { found, error } = useWhy(asked);
  if (error !== null) return <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />;
  if (found === undefined) return <StatusArea status={{ kind: "idle", text: texts.template.loading }} />;
  const { events, subscriptions } = found;
  const { user, contact, about } = asked;
  return (
    <>
      <StatusArea status={statusOf(events.length)} />
      {about !== "im" && user !== "" && contact.includes("@") && (
        <Seen watching={{ user, contact, subscriptions, events }} />
      )}
      {events.length > 0 && <WhyChain events={events} />}
    </>
  );
}

/** Idle, so that the page is not scrolled at each look. */
function statusOf(count: number): Status {
  if (count === 0) return { kind: "idle", text: own.none };
  return { kind: "idle", text: fill(count < MOST_EVENTS ? own.found : own.most, { count }) };
}

function Seen({ watching }: { readonly watching: Watching }): ReactNode {
  const { user, contact } = watching;
  const title = fill(own.offline.title, { user, contact });
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mt="lg" mb="xs">
        {title}
      </Title>
      <Text>{whyOffline(watching)}</Text>
    </section>
  );
}
