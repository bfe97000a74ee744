import Type from "typebox";
import { type Checked, changed, checkInput, type Edit, invalid, notFound, type Problem } from "./edit.ts";
import { localStates, wordsShownBy } from "./peer/availability-mapping.ts";
import { DialectOverride } from "./peer/dialect.ts";
import { normalName } from "./peer/domain-name.ts";
import type { IntegrationType } from "./peer/sip-federated-domain.ts";
import type { FederationSettings } from "./settings.ts";

const DialectInput = Type.Omit(DialectOverride, ["domain"], { additionalProperties: false });

/** What an administrator has said of one domain; nothing but its name where he said nothing. */
export function chosenDialect({ dialectOverrides = [] }: FederationSettings, domain: string): DialectOverride {
  return dialectOverrides.find((override) => override.domain === domain) ?? { domain };
}

/** Replaces how a domain is spoken to, where that differs from its type; an empty choice is the type's own way again. */
export function updateDialect(settings: FederationSettings, name: string, input: unknown): Edit<DialectOverride> {
  const domain = normalName(name);
  const peer = settings.sipFederatedDomains.find((entry) => entry.domain === domain);
  if (peer === undefined) return notFound("domain", `${domain} is not a federated domain`);
  const checked = checkChoice(input, peer.integrationType);
  if (checked.kind === "refused") return checked;
  const override = { domain, ...checked.value };
  const others = (settings.dialectOverrides ?? []).filter((other) => other.domain !== domain);
  const isEmpty = Object.keys(checked.value).length === 0;
  return changed({ ...settings, dialectOverrides: isEmpty ? others : [...others, override] }, override);
}

function checkChoice(input: unknown, type: IntegrationType): Checked<Omit<DialectOverride, "domain">> {
  const checked = checkInput(DialectInput, input, ["domain", "integrationType", "effective"]);
  if (checked.kind === "refused") return checked;
  const problems = overrideProblems(checked.value, type);
  return problems.length === 0 ? checked : invalid(problems);
}

/** What of an override does not fit the type of its domain: words that no product of it shows. */
export function overrideProblems(
  { mapping: { told = {} } = {} }: Pick<DialectOverride, "mapping">,
  type: IntegrationType,
): readonly Problem[] {
  const shown = wordsShownBy[type];
  return localStates.flatMap((state) => {
    const word = told[state];
    if (word === undefined || shown.includes(word)) return [];
    const message = `${word} is not shown by peers of type ${type}; they show ${shown.join(", ")}`;
    return [{ path: `mapping.told.${state}`, message }];
  });
}
