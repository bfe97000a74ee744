import type { DecisionEvent } from "@interpres/admin-api";
import { fill, texts } from "../../texts/texts.ts";

type Decision = DecisionEvent["decisions"][number];

/** One rule's answer in words; empty where it compared nothing. */
export interface Finding {
  readonly rule: string;
  readonly meaning: string;
  readonly seen: string;
  readonly expected: string;
  readonly outcome: string;
}

/** What stands elsewhere in the finding, or only says which call it was. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["rule", "callId", "presented", "expected", "text", "reason"]);

const own = texts.why;
const meanings: Readonly<Record<string, string>> = own.rules;
const results: Readonly<Record<string, string>> = own.results;
const outcomes: Readonly<Record<string, string>> = own.outcomes;
const happenings: Readonly<Record<string, Readonly<Record<string, string>>>> = own.happenings;

/** What passed and what became of it: one plain sentence. */
export function sentenceOf(event: DecisionEvent): string {
  const { kind, direction, result } = event;
  const what = happenings[kind]?.[direction] ?? kind;
  const user = event.user ?? own.somebodyHere;
  const peer = event.peer ?? own.somebodyThere;
  return fill(own.sentence, { what: fill(what, { user, peer }), result: resultText(result) });
}

function resultText(result: string): string {
  const [word = "", status = ""] = result.split(" ", 2);
  return (
    results[result] ?? (/^\d{3}$/.test(status) && results[word] !== undefined ? `${results[word]}, ${status}` : result)
  );
}

/** A rule that one layer below named counts before the one that only passed its answer on. */
export function ruleOf({ rule, inputs }: Decision): string {
  return String(inputs.rule || rule);
}

/** What a rule saw and wanted, and what that means. */
export function findingOf(decision: Decision): Finding {
  const { inputs, outcome } = decision;
  const rule = ruleOf(decision);
  const rest = Object.entries(inputs).filter(([name, value]) => !TOLD_ELSEWHERE.has(name) && value !== "");
  const told = inputs.presented ?? inputs.text ?? inputs.reason;
  const seen = [...(told === undefined ? [] : [told]), ...rest.map(([name, value]) => `${name} ${value}`)];
  return {
    rule,
    meaning: meanings[rule] ?? "",
    seen: seen.join(", "),
    expected: String(inputs.expected ?? ""),
    outcome: outcomes[outcome] ?? outcome,
  };
}

/** The Call-ID (RFC 3261 §20.8) that an event names, where it names one. */
export function callOf({ decisions }: DecisionEvent): string | undefined {
  const callId = decisions.map(({ inputs }) => inputs.callId).find((value) => value !== undefined && value !== "");
  return callId === undefined ? undefined : String(callId);
}
