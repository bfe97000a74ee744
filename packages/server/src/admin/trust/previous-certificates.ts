import { CertificateFacts, CertificatePurpose, OwnCertificate } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { notFound } from "../http/problem-error.ts";
import { factsOf, parseCertificates } from "./certificate-facts.ts";
import { showOwnCertificate } from "./own-certificates.ts";

const Key = Type.Object({ purpose: CertificatePurpose });
const tags = ["certificates"];

/** `/certificates/own/{purpose}/previous` and `/restore`: what a change of the node's name has replaced. */
export function registerPreviousCertificates(app: AdminApp, context: AdminContext): void {
  const { certificates } = context;

  app.get(
    "/certificates/own/:purpose/previous",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: CertificateFacts }, tags } },
    async ({ params: { purpose } }) => {
      const [own] = parseCertificates(certificates.previous(purpose)?.chainPem ?? "") ?? [];
      if (own === undefined) throw notFound(`earlier certificate for ${purpose}`);
      return factsOf(own);
    },
  );

  app.post(
    "/certificates/own/:purpose/restore",
    { config: { access: "administrator" }, schema: { params: Key, response: { 200: OwnCertificate }, tags } },
    async (request) => {
      const { purpose } = request.params;
      const audit = {
        actor: principal(request).name,
        action: "restore",
        resource: `certificates/own/${purpose}`,
      };
      if (!(await certificates.restore(purpose, audit))) throw notFound(`earlier certificate for ${purpose}`);
      const shown = await showOwnCertificate(purpose, context);
      if (shown === undefined) throw new Error(`certificate for ${purpose} was not kept`);
      return shown;
    },
  );
}
