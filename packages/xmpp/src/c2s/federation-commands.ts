import type { ContactBook } from "../roster/contact-book.ts";
import type { FederatedDomain, FederatedDomains } from "../roster/federated-domains.ts";
import type { OutsiderDecision } from "../roster/outsider-policy.ts";
import type { Element } from "../xml/index.ts";
import type { Command, CommandAnswer } from "./commands.ts";
import { formElement, type ListField, submittedValues, tableElement } from "./data-form.ts";

/** Type of the table and of the form (XEP-0068), and namespace of the word that they changed. */
export const FEDERATED_DOMAINS_NS = "urn:interpres:federated-domains";
/** Stands for everybody outside on whose domain the user did not decide; no domain is called so. */
const EVERYBODY_ELSE = "*";

const CHOICES = [
  { value: "ask", label: "Ask me each time" },
  { value: "allow", label: "May see me" },
  { value: "block", label: "See me offline, cannot write to me" },
] as const;

export interface FederationCommandsPorts {
  readonly domains: FederatedDomains;
  /** The user decided otherwise, and it is durable: what follows from it is to happen. */
  readonly decided: (book: ContactBook) => void;
}

/**
 * What users see of federation (facts R12, B7): the foreign domains with the administrator's description, and a form to
 * allow or block all people of one, or everybody else.
 */
export function federationCommands(ports: FederationCommandsPorts): readonly Command[] {
  return [
    {
      node: "federated-domains",
      name: "Foreign domains",
      run: async ({ resource, book }) => {
        resource.interests.add("federated-domains");
        return { kind: "done", table: domainsTable(book, ports.domains) };
      },
    },
    {
      node: "outsiders",
      name: "Allow or block a foreign domain",
      run: async ({ book }, element) => {
        const values = submittedValues(element);
        if (values === undefined) return { kind: "form", form: outsidersForm(book, ports.domains) };
        return await decide(book, values, ports);
      },
    },
  ];
}

/** The domains with what the user decided on each. */
function domainsTable(book: ContactBook, domains: FederatedDomains): Element {
  const rows = domains.list().map(({ domain, description }) => [domain, description, decisionOn(book, domain)]);
  return tableElement({
    title: "Foreign domains",
    type: FEDERATED_DOMAINS_NS,
    columns: [
      { name: "domain", label: "Domain" },
      { name: "description", label: "Description" },
      { name: "decision", label: "People of it" },
    ],
    rows: [...rows, [EVERYBODY_ELSE, "Everybody else outside", decisionOn(book, "")]],
  });
}

/** One decision at a time: a form with a field for each of many domains would be longer than a client may send. */
function outsidersForm(book: ContactBook, domains: FederatedDomains): Element {
  const everybodyElse = { value: EVERYBODY_ELSE, label: labelOf(book, { domain: "", description: "Everybody else" }) };
  const options = domains.list().map((entry) => ({ value: entry.domain, label: labelOf(book, entry) }));
  const whom: ListField = { name: "domain", label: "People of", value: EVERYBODY_ELSE, options };
  return formElement({
    title: "Allow or block a foreign domain",
    instructions: "Holds for people whom you did not decide on one by one. A block spares your contact list.",
    type: FEDERATED_DOMAINS_NS,
    fields: [
      { ...whom, options: [...options, everybodyElse] },
      { name: "decision", label: "They", value: decisionOn(book, ""), options: CHOICES },
    ],
  });
}

function labelOf(book: ContactBook, { domain, description }: FederatedDomain): string {
  const name = [description, domain === "" || description === "" ? domain : `(${domain})`].join(" ").trim();
  const choice = CHOICES.find(({ value }) => value === decisionOn(book, domain));
  return choice === undefined ? name : `${name}: ${choice.label.toLowerCase()}`;
}

function decisionOn(book: ContactBook, domain: string): OutsiderDecision | "ask" {
  return book.outsiders.ruleFor(domain) ?? "ask";
}

async function decide(
  book: ContactBook,
  values: ReadonlyMap<string, string>,
  { domains, decided }: FederationCommandsPorts,
): Promise<CommandAnswer> {
  const whom = (values.get("domain") ?? "").toLowerCase();
  const decision = values.get("decision") ?? "";
  const isKnown = whom === EVERYBODY_ELSE || domains.list().some(({ domain }) => domain === whom);
  if (!isKnown) return { kind: "bad-form", text: `${whom} is no foreign domain here.` };
  if (!isDecision(decision)) return { kind: "bad-form", text: "The decision is ask, allow or block." };
  const domain = whom === EVERYBODY_ELSE ? "" : whom;
  const saved = await book.decideOnOutsiders(domain, decision === "ask" ? undefined : decision).then(
    () => true,
    () => false,
  );
  if (!saved) return { kind: "failed" };
  decided(book);
  return { kind: "done", note: "Saved" };
}

function isDecision(value: string): value is OutsiderDecision | "ask" {
  return CHOICES.some((choice) => choice.value === value);
}
