import { type PolicyDraft, type PolicyExplanation, policyExplainPath } from "@interpres/admin-api";
import { Badge, SimpleGrid, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { messageOf } from "../../data/problems.ts";
import { useAsked } from "../../data/resources.ts";
import { Addresses } from "../../template/addresses.tsx";
import { NoticeLink } from "../../template/notice-link.tsx";
import { StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";
import classes from "../doctor/doctor.module.css";
import { placeOfRule } from "../why/why-place.ts";
import { type Chain, type ChainStep, inboundChain, isDifferent, outboundChain } from "./simulator-chain.ts";
import { domainOf, inputOf, type Question } from "./simulator-question.tsx";

const own = texts.routeTester;

interface Props {
  readonly question: Question;
  readonly draft: PolicyDraft | undefined;
}

/** What the settings in force decide; beside it, what the draft would. */
export function SimulatorAnswer({ question, draft }: Props): ReactNode {
  const asked = { ...inputOf(question), ...(draft === undefined ? {} : { draft }) };
  const { data, error } = useAsked<PolicyExplanation>(policyExplainPath, asked, { intervalMs: 5000 });
  if (error !== null) return <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />;
  const chains = data === undefined ? undefined : chainsOf(data, question);
  if (chains === undefined) return <StatusArea status={{ kind: "idle", text: texts.template.loading }} />;
  const { now, drafted } = chains;
  return (
    <>
      <StatusArea status={{ kind: "idle", text: now.verdict }} />
      <Addresses addresses={data?.addresses} />
      {data?.outbound?.now.route.verdict === "not-federated" && (
        <NoticeLink link="/sip-federated-domains" label={texts.why.change} />
      )}
      {drafted === undefined ? <ChainView chain={now} /> : <SideBySide now={now} drafted={drafted} />}
    </>
  );
}

interface Chains {
  readonly now: Chain;
  readonly drafted: Chain | undefined;
}

/** Of the direction that was asked about. */
function chainsOf({ outbound, inbound }: PolicyExplanation, { direction, address }: Question): Chains | undefined {
  if (direction === "outbound")
    return outbound === null
      ? undefined
      : { now: outboundChain(outbound.now), drafted: mapped(outbound.draft, outboundChain) };
  const chain = (answer: NonNullable<typeof inbound>["now"]) => inboundChain(answer, domainOf(address));
  return inbound === null ? undefined : { now: chain(inbound.now), drafted: mapped(inbound.draft, chain) };
}

function mapped<Answer>(answer: Answer | null, chain: (answer: Answer) => Chain): Chain | undefined {
  return answer === null ? undefined : chain(answer);
}

function SideBySide({ now, drafted }: { readonly now: Chain; readonly drafted: Chain }): ReactNode {
  const isSame = JSON.stringify(now) === JSON.stringify(drafted);
  return (
    <>
      {isSame && <Text mb="xs">{own.same}</Text>}
      <SimpleGrid cols={{ base: 1, md: 2 }} mb="md">
        <Side title={own.now} chain={now} other={drafted} />
        <Side title={own.drafted} chain={drafted} other={now} />
      </SimpleGrid>
    </>
  );
}

function Side({
  title,
  chain,
  other,
}: {
  readonly title: string;
  readonly chain: Chain;
  readonly other: Chain;
}): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" id={id}>
        {title}
      </Title>
      <Text fw={600} className={classes.sentence ?? ""}>
        {chain.verdict} {chain.verdict !== other.verdict && <Differs />}
      </Text>
      <ChainView chain={chain} other={other} />
    </section>
  );
}

function ChainView({ chain, other }: { readonly chain: Chain; readonly other?: Chain }): ReactNode {
  const { steps, hops, facts } = chain;
  return (
    <>
      {steps.length > 0 && (
        <>
          <Title order={other === undefined ? 2 : 3} size="h5">
            {own.steps}
          </Title>
          <ol className={classes.steps}>
            {steps.map((step) => (
              <Step key={step.key} step={step} differs={other !== undefined && isDifferent(step, other)} />
            ))}
          </ol>
        </>
      )}
      {hops.length > 0 && (
        <>
          <Title order={other === undefined ? 2 : 3} size="h5">
            {own.nextHops}
          </Title>
          <Lines as="ol" lines={hops} others={other?.hops} />
        </>
      )}
      {facts.length > 0 && <Lines as="ul" lines={facts} others={other?.facts} />}
    </>
  );
}

function Step({ step, differs }: { readonly step: ChainStep; readonly differs: boolean }): ReactNode {
  const { rule, mark, color, title, detail, isDecisive } = step;
  return (
    <li className={classes.step} {...(isDecisive ? { "aria-current": "step" } : {})}>
      <Badge color={color} variant={color === "gray" ? "light" : "filled"} className={classes.mark ?? ""}>
        {mark}
      </Badge>
      <div className={classes.found}>
        <Text fw={isDecisive ? 700 : 400} className={classes.sentence ?? ""}>
          {title}
        </Text>
        <Text size="sm" className={classes.sentence ?? ""}>
          {detail}
        </Text>
        {differs && <Differs />}
        <NoticeLink link={placeOfRule(rule)} label={texts.why.change} />
      </div>
    </li>
  );
}

interface LinesProps {
  readonly as: "ol" | "ul";
  readonly lines: readonly string[];
  readonly others: readonly string[] | undefined;
}

function Lines({ as: List, lines, others }: LinesProps): ReactNode {
  return (
    <List>
      {lines.map((line) => (
        <li key={line} className={classes.sentence}>
          {line}
          {others !== undefined && !others.includes(line) && (
            <>
              {" "}
              <Differs />
            </>
          )}
        </li>
      ))}
    </List>
  );
}

function Differs(): ReactNode {
  return (
    <Badge component="span" variant="default" className={classes.mark ?? ""}>
      {own.differs}
    </Badge>
  );
}
