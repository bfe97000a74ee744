import type { ObservingPeer } from "../observer/rule.ts";
import { FAULTS, type Fault, type FaultName, type FaultValue, faultUsage } from "./faults.ts";

/** A fault that nobody has, or a value it does not take. The message says what is possible. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}

const METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "MESSAGE", "INFO", "SUBSCRIBE", "NOTIFY", "OPTIONS", "UPDATE"];

/** The faults a simulator has now. Those of a method are kept for each method, the others once. */
export class FaultSet {
  readonly #peer: ObservingPeer;
  readonly #changed: ((name: FaultName) => void)[] = [];
  readonly #values = new Map<FaultName, Map<string, string>>();

  constructor(peer: ObservingPeer) {
    this.#peer = peer;
  }

  /** Switches one on: `delay=INVITE:10`. Throws `FaultError`, and nothing has changed. */
  set(text: string): void {
    const [word = "", ...rest] = text.split("=");
    const name = this.#named(word);
    const { key, value } = read(name, FAULTS[name].value, rest.length === 0 ? undefined : rest.join("="));
    const values = this.#values.get(name) ?? new Map<string, string>();
    values.set(key, value);
    this.#values.set(name, values);
    this.#tell(name);
  }

  /** Switches one off, for every method. Throws `FaultError` for a name that is none. */
  clear(word: string): void {
    const name = this.#named(word);
    this.#values.delete(name);
    this.#tell(name);
  }

  has(name: FaultName): boolean {
    return this.#values.has(name);
  }

  /** The value of a fault that has one, undefined while it is off. */
  value(name: FaultName): string | undefined {
    return this.#values.get(name)?.get("");
  }

  /** The value as a number. */
  number(name: FaultName): number | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : Number(value);
  }

  /** What it does to this method, the empty string where it says no more; undefined while that is off. */
  of(name: FaultName, method: string): string | undefined {
    return this.#values.get(name)?.get(method);
  }

  /** Tells of every change from now on. */
  onChange(changed: (name: FaultName) => void): void {
    this.#changed.push(changed);
  }

  #tell(name: FaultName): void {
    for (const changed of this.#changed) changed(name);
  }

  #named(word: string): FaultName {
    const fault: Fault | undefined = isFault(word) ? FAULTS[word] : undefined;
    if (!isFault(word) || (fault?.only ?? this.#peer) !== this.#peer)
      throw new FaultError(`there is no fault ${word}: ${faultsOf(this.#peer).join(", ")}`);
    return word;
  }
}

/** The names of the faults that one kind of simulator has. */
export function faultsOf(peer: ObservingPeer): readonly FaultName[] {
  const all: readonly (readonly [string, Fault])[] = Object.entries(FAULTS);
  return all.filter(([, { only }]) => (only ?? peer) === peer).map(([name]) => name as FaultName);
}

function isFault(word: string): word is FaultName {
  return Object.hasOwn(FAULTS, word);
}

/** The method it is about, or none, and what is to be kept. */
function read(
  name: FaultName,
  takes: FaultValue,
  text: string | undefined,
): { readonly key: string; readonly value: string } {
  const wrong = (): FaultError => new FaultError(`fault ${name} is written ${faultUsage(name)}`);
  const [method = "", more] = (text ?? "").split(":");
  switch (takes.kind) {
    case "none":
      if (text !== undefined) throw wrong();
      return { key: "", value: "" };
    case "number":
      if (text === undefined || !isNumber(text, takes.least, takes.most)) throw wrong();
      return { key: "", value: text };
    case "word":
      if (text === undefined || !takes.words.includes(text)) throw wrong();
      return { key: "", value: text };
    case "method":
      if (!METHODS.includes(method) || more !== undefined) throw wrong();
      return { key: method, value: "" };
    case "method-seconds":
      if (!METHODS.includes(method) || more === undefined || !isNumber(more, 1, 3600)) throw wrong();
      return { key: method, value: more };
    case "method-status":
      if (!METHODS.includes(method) || more === undefined || !isNumber(more, 200, 699)) throw wrong();
      return { key: method, value: more };
  }
}

function isNumber(text: string, least: number, most: number): boolean {
  return /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
