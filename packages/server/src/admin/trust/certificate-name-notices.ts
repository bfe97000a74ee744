import { certificatePurposes, type Notification } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { parseCertificates } from "./certificate-facts.ts";
import { nameProblem } from "./own-certificate-check.ts";
import { namesShown } from "./own-certificates.ts";

/**
 * Certificates of ours that do not bear the names we are known by (facts B15): of a node whose settings file has been given
 * another name, or of a domain that is served since.
 */
export function certificateNameNotices(
  context: Pick<AdminContext, "certificates" | "node" | "settings">,
): readonly Notification[] {
  return certificatePurposes.flatMap((purpose): readonly Notification[] => {
    const [own] = parseCertificates(context.certificates.own(purpose)?.chainPem ?? "") ?? [];
    const problem = own === undefined ? undefined : nameProblem(own, { purpose, names: namesShown(purpose, context) });
    if (problem === undefined) return [];
    const remedy = `Have it made anew (interpres certificate regenerate ${purpose}), or another one signed`;
    const text = `Our certificate for ${purpose} ${problem}. ${remedy}.`;
    const link = `/certificates/own/${purpose}`;
    return [
      { id: `certificate-name:${purpose}`, severity: "warning", node: context.node.name, service: null, text, link },
    ];
  });
}
