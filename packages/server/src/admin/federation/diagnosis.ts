import { Diagnosis, DiagnosisInput, DiagnosisProgress } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext, Examination } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict } from "../http/problem-error.ts";

const Key = Type.Object({ domain: Type.String({ maxLength: 255 }) });
const tags = ["diagnosis"];

/** `/federation/{domain}/diagnosis`: the doctor's report, and how far it is. One examination of a domain at a time. */
export function registerDiagnosis(app: AdminApp, { diagnose, audit }: AdminContext): void {
  const underWay = new Map<string, Examination>();

  app.post(
    "/federation/:domain/diagnosis",
    {
      config: { access: "operator" },
      schema: { params: Key, body: DiagnosisInput, response: { 200: Diagnosis }, tags },
    },
    async (request) => {
      const domain = request.params.domain.toLowerCase();
      if (underWay.has(domain))
        throw conflict("diagnosis-under-way", { path: "domain", message: `${domain} is being examined already` });
      const examination = diagnose(domain, request.body);
      underWay.set(domain, examination);
      try {
        const diagnosis = await examination.result;
        const failed = diagnosis.steps.filter(({ outcome }) => outcome === "failed").map(({ step }) => step);
        const actor = principal(request).name;
        await audit.record({ actor, action: "diagnose", resource: `federation/${domain}`, after: { failed } });
        return diagnosis;
      } finally {
        underWay.delete(domain);
      }
    },
  );

  app.get(
    "/federation/:domain/diagnosis",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: DiagnosisProgress }, tags } },
    async ({ params }) => {
      const examination = underWay.get(params.domain.toLowerCase());
      return { underWay: examination !== undefined, steps: [...(examination?.found() ?? [])] };
    },
  );
}
