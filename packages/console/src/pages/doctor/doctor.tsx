import { type Diagnosis, diagnosisPath, sipFederatedDomains } from "@interpres/admin-api";
import { Group, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useAll } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { Letter } from "../../template/letter.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import classes from "../../template/template.module.css";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { DoctorProgress } from "./doctor-progress.tsx";
import { DoctorSteps } from "./doctor-steps.tsx";

const own = texts.doctor;

/** Examines the federation with a domain, step by step, and offers what mends it. */
export default function Doctor(): ReactNode {
  const { domain = "" } = useSearch({ strict: false }) as { readonly domain?: unknown };
  const [status, setStatus] = useState<Status>({ kind: "idle", text: own.help });
  const [underWay, setUnderWay] = useState<string>();
  const [diagnosis, setDiagnosis] = useState<Diagnosis>();
  const form = useForm({ initialValues: { domain: String(domain), to: "", from: "" } });
  const examine = useExamination(form, setStatus);
  const run = async () => {
    setDiagnosis(undefined);
    setUnderWay(form.values.domain);
    const found = await examine();
    if (found?.healthy === false) setStatus({ kind: "refused", reasons: [verdict(found)] });
    setDiagnosis(found);
    setUnderWay(undefined);
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      {underWay === undefined ? <StatusArea status={status} /> : <DoctorProgress domain={underWay} />}
      <DoctorForm form={form} isRunning={underWay !== undefined} onRun={() => void run()} />
      {diagnosis !== undefined && (
        <>
          <DoctorSteps steps={diagnosis.steps} onMended={() => void run()} />
          {diagnosis.forPartner !== null && (
            <Letter title={own.forPartner} text={diagnosis.forPartner} fileName={`${diagnosis.domain}.txt`} />
          )}
        </>
      )}
    </>
  );
}

type ExaminationForm = ReturnType<typeof useForm<{ domain: string; to: string; from: string }>>;

function useExamination(form: ExaminationForm, report: (status: Status) => void) {
  const api = useApi();
  return useSave({
    form,
    report,
    save: () => {
      const { domain, to, from } = form.values;
      const asked = { ...(to === "" ? {} : { to }), ...(from === "" ? {} : { from }) };
      return api.ask("POST", diagnosisPath(domain.trim()), asked) as Promise<Diagnosis>;
    },
    done: verdict,
  });
}

function verdict({ domain, steps }: Diagnosis): string {
  const count = (outcome: string): number => steps.filter((step) => step.outcome === outcome).length;
  const counts = { domain, failed: count("failed"), warned: count("warned"), skipped: count("skipped") };
  if (counts.failed > 0) return fill(own.verdict.failed, counts);
  return fill(counts.warned > 0 ? own.verdict.warned : own.verdict.passed, counts);
}

interface FormProps {
  readonly form: ExaminationForm;
  readonly isRunning: boolean;
  readonly onRun: () => void;
}

function DoctorForm({ form, isRunning, onRun }: FormProps): ReactNode {
  const may = useMay("operator");
  const known = useId();
  const domains = useAll(sipFederatedDomains).data ?? [];
  return (
    <GuardedForm may={may} onSubmit={() => !isRunning && onRun()}>
      <FieldGroup legend={own.group}>
        <TextInput label={own.domain} required list={known} maxLength={255} {...form.getInputProps("domain")} />
        <datalist id={known}>
          {domains.map(({ domain }) => (
            <option key={domain} value={domain} />
          ))}
        </datalist>
        <SimpleGrid className={classes.pairs ?? ""} cols={{ base: 1, sm: 2 }}>
          <TextInput label={own.to} description={own.toHelp} {...form.getInputProps("to")} />
          <TextInput label={own.from} description={own.fromHelp} {...form.getInputProps("from")} />
        </SimpleGrid>
        <Group>
          <GuardedButton may={may} type="submit" loading={isRunning}>
            {own.examine}
          </GuardedButton>
        </Group>
      </FieldGroup>
    </GuardedForm>
  );
}
