import type { ConfigDifference } from "@interpres/admin-api";
import type { SettingsEdit } from "@interpres/store";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { mailAddressWarnings } from "../identity/mail-domains.ts";
import { commonNameOf, parseCertificates } from "../trust/certificate-facts.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { type Configured, documentOf } from "./config-document.ts";
import { differences } from "./differences.ts";

/** A configuration that is to hold, with what is different in it. */
export interface Plan extends Configured {
  readonly differences: readonly ConfigDifference[];
}

export function planOf(next: Configured, present: Configured): Plan {
  return { ...next, differences: differences(comparable(present), comparable(next)) };
}

/** Certificates by their fingerprint, told by their subject. */
function comparable(configured: Configured): unknown {
  const { trustCertificates: _pems, ...sections } = documentOf(configured);
  const trustCertificates = configured.trusted.map(({ id, pem, description }) => {
    const [certificate] = parseCertificates(pem) ?? [];
    return {
      id,
      subject: certificate === undefined ? null : (commonNameOf(certificate) ?? certificate.subject),
      description,
    };
  });
  return { ...sections, trustCertificates };
}

/** The plan as the next version of the settings, audited by what is different. */
export function editOf(
  plan: Plan,
  settings: ClusterSettings,
  {
    certificates,
    audit,
  }: Pick<AdminContext, "certificates"> & { readonly audit: { action: string; resource: string } },
): SettingsEdit<ClusterSettings> {
  const found = plan.differences;
  const values = (side: "before" | "after") =>
    Object.fromEntries(found.flatMap((each) => (each[side] === undefined ? [] : [[each.path, each[side]]])));
  return {
    document: found.length === 0 ? settings : plan.settings,
    audit: { ...audit, before: values("before"), after: values("after") },
    along: certificates.trustedChange(plan.trusted),
  };
}

/** What is told of a plan, and whether it holds now. */
export function answerTo(
  { settings, differences: found }: Plan,
  { applied, context }: { readonly applied: boolean; readonly context: AdminContext },
) {
  const { version } = context.settings.current();
  return withWarnings({ applied, version, differences: [...found] }, mailAddressWarnings(settings, context));
}
