import { fuzzAddresses } from "../packages/interworking/test/fuzz/addresses.ts";
import { fuzzPayloads } from "../packages/interworking/test/fuzz/payloads.ts";
import { fuzzMessages } from "../packages/sip/test/fuzz/messages.ts";
import { fuzzTransactions } from "../packages/sip/test/fuzz/transactions.ts";
import { fuzzStreams } from "../packages/xmpp/test/fuzz/streams.ts";
import { addressWords, sipWords, transactionWords } from "./sip-words.ts";
import { payloadWords, streamWords } from "./xml-words.ts";

/** One part of the server that the fuzzer attacks. */
export interface Target {
  readonly name: string;
  /** Throws, or rejects, when the input shows a fault of ours; each call stands on its own. */
  readonly run: (input: Buffer) => void | Promise<void>;
  /** Pieces of its grammar, as octets. */
  readonly words: readonly string[];
  /** Files of the packages' own tests to begin with, beside the corpus; from the root of the repository. */
  readonly seeds: readonly string[];
}

export const targets: readonly Target[] = [
  { name: "sip-parser", run: fuzzMessages, words: sipWords, seeds: ["packages/sip/test/wire/rfc4475/*.dat"] },
  { name: "sip-transactions", run: fuzzTransactions, words: transactionWords, seeds: [] },
  { name: "payloads", run: fuzzPayloads, words: payloadWords, seeds: [] },
  { name: "xmpp-streams", run: fuzzStreams, words: streamWords, seeds: [] },
  { name: "addresses", run: fuzzAddresses, words: addressWords, seeds: [] },
];

export function targetNamed(name: string): Target | undefined {
  return targets.find((target) => target.name === name);
}
