import { Diagnosis, DiagnosisInput } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict } from "../http/problem-error.ts";

const Key = Type.Object({ domain: Type.String({ maxLength: 255 }) });

/** `/federation/{domain}/diagnosis`: the doctor's report. One examination of a domain at a time. */
export function registerDiagnosis(app: AdminApp, { diagnose, audit }: AdminContext): void {
  const underWay = new Set<string>();

  app.post(
    "/federation/:domain/diagnosis",
    {
      config: { access: "operator" },
      schema: { params: Key, body: DiagnosisInput, response: { 200: Diagnosis }, tags: ["diagnosis"] },
    },
    async (request) => {
      const domain = request.params.domain.toLowerCase();
      if (underWay.has(domain))
        throw conflict("diagnosis-under-way", { path: "domain", message: `${domain} is being examined already` });
      underWay.add(domain);
      try {
        const diagnosis = await diagnose(domain, request.body);
        const failed = diagnosis.steps.filter(({ outcome }) => outcome === "failed").map(({ step }) => step);
        const actor = principal(request).name;
        await audit.record({ actor, action: "diagnose", resource: `federation/${domain}`, after: { failed } });
        return diagnosis;
      } finally {
        underWay.delete(domain);
      }
    },
  );
}
