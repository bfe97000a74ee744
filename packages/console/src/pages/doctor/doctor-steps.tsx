import type { DiagnosisOutcome, DiagnosisStep } from "@interpres/admin-api";
import { Badge, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { texts } from "../../texts/texts.ts";
import classes from "./doctor.module.css";
import { RepairAction } from "./doctor-repair.tsx";

const COLORS: Readonly<Record<DiagnosisOutcome, string>> = {
  passed: "green",
  warned: "orange",
  failed: "red",
  skipped: "gray",
};
const own = texts.doctor;

interface Props {
  readonly steps: readonly DiagnosisStep[];
  /** Something was mended. */
  readonly onMended: () => void;
}

/** A whole report: first what went wrong with what mends it, then the rest. */
export function DoctorSteps({ steps, onMended }: Props): ReactNode {
  const faults = steps.filter(isFault);
  return (
    <>
      {faults.length > 0 && (
        <StepList
          label={own.faults}
          steps={faults}
          repairOf={({ repair }) => repair && <RepairAction repair={repair} onMended={onMended} />}
        />
      )}
      <StepList label={faults.length > 0 ? own.rest : own.steps} steps={steps.filter((step) => !isFault(step))} />
    </>
  );
}

function isFault({ outcome }: DiagnosisStep): boolean {
  return outcome === "failed" || outcome === "warned";
}

interface ListProps {
  readonly label: string;
  readonly steps: readonly DiagnosisStep[];
  readonly repairOf?: (step: DiagnosisStep) => ReactNode;
}

/** Steps in their order; what passed says what was seen, what did not says everything. */
export function StepList({ label, steps, repairOf }: ListProps): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h4" mt="lg" id={id}>
        {label}
      </Title>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step.step} className={classes.step}>
            <Badge color={COLORS[step.outcome]} className={classes.mark ?? ""}>
              {own.outcomes[step.outcome]}
            </Badge>
            <div className={classes.found}>
              <Text fw={600}>{step.title}</Text>
              <Findings step={step} />
              {repairOf?.(step)}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Findings({ step }: { readonly step: DiagnosisStep }): ReactNode {
  const { seen, expected, why, remedy } = step;
  const all: readonly (readonly [string, string | null])[] = [
    [own.seen, seen],
    [own.expected, isFault(step) ? expected : null],
    [own.why, isFault(step) ? why : null],
    [own.remedy, remedy],
  ];
  return (
    <dl className={classes.findings}>
      {all.map(
        ([label, text]) =>
          text !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
