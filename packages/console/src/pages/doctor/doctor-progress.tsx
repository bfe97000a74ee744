import { type DiagnosisProgress, diagnosisPath, diagnosisSteps } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { StepList } from "./doctor-steps.tsx";

const LOOK_MS = 300;
const own = texts.doctor;

/** What an examination under way has found so far. */
export function DoctorProgress({ domain }: { readonly domain: string }): ReactNode {
  const steps = useAnswer<DiagnosisProgress>(diagnosisPath(domain), { intervalMs: LOOK_MS }).data?.steps ?? [];
  const counts = { domain, found: steps.length, all: diagnosisSteps.length };
  return (
    <>
      <StatusArea status={{ kind: "idle", text: fill(own.progress, counts) }} />
      <StepList label={own.steps} steps={steps} />
    </>
  );
}
