import { NodeDomainChange, NodeDomainInput } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { DomainChangeError } from "./domain-changer.ts";
import type { DomainPlan } from "./domain-plan.ts";

const Key = Type.Object({ node: Type.String() });

/** `/nodes/{node}/domain`: what `set network domain` of the shell does. */
export function registerNodeDomain(app: AdminApp, { node, domainChanger, log }: AdminContext): void {
  app.post(
    "/nodes/:node/domain",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: NodeDomainInput, response: { 200: NodeDomainChange }, tags: ["nodes"] },
    },
    async (request) => {
      if (request.params.node !== node.name) throw notFound(`node ${request.params.node}`);
      const { domain, dryRun = false } = request.body;
      const planning = domainChanger.plan(domain);
      if (planning.kind === "refused") throw invalidInput([{ path: "domain", message: planning.message }]);
      if (dryRun) return shown(planning.plan, false);
      try {
        const tell = (step: string): void => log.info("node.domain-changing", { step });
        await domainChanger.apply(planning.plan, { actor: principal(request).name, tell });
      } catch (error) {
        if (!(error instanceof DomainChangeError)) throw error;
        throw conflict("domain-changing", { path: "domain", message: error.message });
      }
      return shown(planning.plan, true);
    },
  );
}

function shown({ domain: _domain, wanted: _wanted, ...change }: DomainPlan, applied: boolean): NodeDomainChange {
  return { ...change, applied };
}
