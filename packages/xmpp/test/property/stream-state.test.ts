import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { BareJid } from "../../src/address/jid.ts";
import { mechanisms } from "../../src/stream/sasl.ts";
import { type StreamEffect, type StreamInput, type StreamState, step } from "../../src/stream/stream-state.ts";
import { el, NS } from "../../src/xml/index.ts";

const alice = new BareJid("alice", "example.com");
const rules = {
  isLocalDomain: (domain: string) => /^example\.(com|net)$/.test(domain),
  mechanisms: () => mechanisms,
  maxFailures: 3,
};

const inputs: readonly StreamInput[] = [
  ...["example.com", "example.net", "example.org"].map(
    (domain): StreamInput => ({ kind: "opened", header: { domain } }),
  ),
  ...[
    el("starttls", NS.tls, {}),
    el("auth", NS.sasl, { mechanism: "PLAIN" }, "AGEAYg=="),
    el("auth", NS.sasl, { mechanism: "SCRAM-SHA-1" }),
    el("response", NS.sasl, {}, "YQ=="),
    el("abort", NS.sasl, {}),
    el("iq", NS.client, { type: "set", id: "1" }, el("bind", NS.bind, {})),
    el("message", NS.client, { to: "bob@example.com" }),
    el("resume", NS.streamManagement, { previd: "x", h: "0" }),
    el("enable", NS.streamManagement, {}),
    el("junk", "urn:junk", {}),
  ].map((element): StreamInput => ({ kind: "element", element })),
  { kind: "ended" },
  { kind: "fault", condition: "not-well-formed" },
  { kind: "secured" },
  { kind: "challenged", data: "c" },
  { kind: "authenticated", user: alice },
  { kind: "refused", condition: "not-authorized" },
  { kind: "bound" },
];

/** The layer calls back only about what it was told to do. */
function couldHappen(state: StreamState, input: StreamInput): boolean {
  if (input.kind === "secured") return state.name === "securing";
  if (input.kind === "opened") return state.name === "opening";
  if (state.name === "opening") return input.kind === "fault";
  if (state.name === "securing") return input.kind === "fault";
  return true;
}

/** What a well-behaved client does, by index into `inputs`: random input alone would hardly get past TLS. */
const goodWay = [0, 3, 15, 0, 4, 17, 0, 8, 19, 9].map((index) => inputs[index] ?? { kind: "ended" as const });
const sequences = fc
  .tuple(fc.nat(goodWay.length), fc.array(fc.constantFrom(...inputs), { maxLength: 6 }))
  .map(([length, tail]) => [...goodWay.slice(0, length), ...tail]);

describe("a client's stream, whatever is sent and in whatever order (RFC 6120 §4.3)", () => {
  test("nobody gets further than the steps before allow", () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        let state: StreamState = { name: "opening", security: "none" };
        const passed = { tls: false, sasl: false, bound: false };
        for (const input of sequence) {
          if (!couldHappen(state, input)) continue;
          const wasAuthenticating: boolean = state.name === "authenticating";
          const next: ReturnType<typeof step> = step(state, input, rules);
          if (input.kind === "secured") passed.tls = true;
          if (input.kind === "authenticated" && wasAuthenticating) passed.sasl = true;
          if (input.kind === "bound" && next.state.name === "bound") passed.bound = true;
          for (const effect of next.effects) check(effect, passed);
          if (state.name === "closed") assert.equal(next.state.name, "closed");
          if (next.state.name === "closed" && state.name !== "closed") {
            assert.equal(next.effects.at(-1)?.kind, "close", "the last word");
          }
          state = next.state;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test("the well-behaved client gets to its stanza", () => {
    let state: StreamState = { name: "opening", security: "none" };
    const kinds: string[] = [];
    for (const input of goodWay) {
      const next: ReturnType<typeof step> = step(state, input, rules);
      kinds.push(...next.effects.map(({ kind }) => kind));
      state = next.state;
    }
    assert.equal(kinds.at(-1), "stanza");
  });
});

function check(effect: StreamEffect, passed: { tls: boolean; sasl: boolean; bound: boolean }): void {
  if (effect.kind === "begin-exchange" || effect.kind === "continue-exchange")
    assert.ok(passed.tls, "a password in the clear");
  if (effect.kind === "bind" || effect.kind === "manage") assert.ok(passed.tls && passed.sasl, "a resource for nobody");
  if (effect.kind === "stanza") assert.ok(passed.tls && passed.sasl && passed.bound, "a stanza of nobody");
}
