import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeededRandom } from "@interpres/testkit";
import type { DeliveryOutcome } from "../../src/router/local-domain.ts";
import { type FakeClient, World } from "../world.ts";

const CAROL = "carol@local.example";
const STEPS = 60;
const RUNS = 60;

/** One user whose clients come, hold back, acknowledge, die and return, while messages arrive. */
class Story {
  readonly #random: SeededRandom;
  readonly #world: World;
  readonly #clients: FakeClient[] = [];
  readonly #acknowledged = new Set<string>();
  readonly #sent = new Map<string, { readonly outcomes: readonly DeliveryOutcome[] }>();

  constructor(world: World, seed: number) {
    this.#world = world;
    this.#random = new SeededRandom(seed);
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) await this.#step();
    for (const client of this.#clients) client.die();
    await this.#world.clock.elapse(60_000);
    const stored = (this.#world.repositories.offline.rows.get(CAROL) ?? []).map(({ stanza }) => bodyOf(stanza));
    for (const [body, { outcomes }] of this.#sent) {
      assert.equal(outcomes.length, 1, `${body} was settled ${outcomes.length} times`);
      assert.notEqual(outcomes[0]?.kind, "refused", body);
      const copies = stored.filter((other) => other === body).length;
      assert.equal(copies, this.#acknowledged.has(body) ? 0 : 1, `${body} is in the store ${copies} times`);
    }
  }

  async #step(): Promise<void> {
    const client = this.#clients[this.#random.below(Math.max(1, this.#clients.length))];
    switch (this.#random.below(8)) {
      case 0:
        this.#login();
        break;
      case 1:
        client?.die();
        if (client !== undefined) this.#clients.splice(this.#clients.indexOf(client), 1);
        break;
      case 2:
        client?.acknowledge();
        break;
      case 3:
        await this.#world.clock.elapse(this.#random.below(20_000));
        break;
      case 4:
        client?.send(`<presence><priority>${this.#random.below(5) - 2}</priority></presence>`);
        break;
      default:
        this.#send();
    }
    if (this.#random.below(2) === 0) await this.#world.rest();
  }

  #login(): void {
    if (this.#clients.length >= 4) return;
    const client = this.#world.bind("carol", `r${this.#random.below(1_000_000)}`);
    client.holds = this.#random.below(2) === 0;
    const deliver = client.deliver.bind(client);
    client.deliver = (element, settlement) =>
      deliver(
        element,
        settlement && {
          acknowledged: () => {
            const body = element.children.find((node) => typeof node !== "string" && node.name === "body");
            if (typeof body === "object") this.#acknowledged.add(String(body.children[0]));
            settlement.acknowledged();
          },
          lost: () => settlement.lost(),
        },
      );
    client.send("<presence/>");
    this.#clients.push(client);
  }

  #send(): void {
    const body = `m${this.#sent.size}`;
    const xml = `<message from='bob@sip.example' to='${CAROL}' type='chat'><body>${body}</body></message>`;
    this.#sent.set(body, this.#world.deliver(xml));
  }
}

function bodyOf(stanza: string): string {
  return /<body>(\w+)/.exec(stanza)?.[1] ?? "";
}

describe("whatever the clients do", () => {
  test("each message is settled once, and is either acknowledged or in the store, once", async () => {
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const world = await World.create();
      await new Story(world, seed).run().catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
    }
  });
});
