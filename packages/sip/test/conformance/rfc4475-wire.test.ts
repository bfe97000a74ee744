import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fakeConnection } from "./fake-transport.ts";
import { Stage } from "./stage.ts";

const folder = join(import.meta.dirname, "../wire/rfc4475");

interface Expectation {
  readonly action: "process" | "respond" | "respond-or-process" | "process-or-respond" | "process-response" | "discard";
  readonly statuses?: readonly number[];
  readonly mustInclude?: readonly string[];
  readonly unsupportedHeader?: readonly string[];
}

interface Case {
  readonly id: string;
  readonly file: string;
  readonly section: string;
  readonly title: string;
  readonly arrivesOver: "udp" | "tcp" | "tls";
  readonly expect: { readonly endpoint?: Expectation };
}

const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
  readonly cases: readonly Case[];
};

/** What a core that takes everything it may says, when nothing is wrong with the request. */
const processed = new Map([
  ["INVITE", [200]],
  ["MESSAGE", [200]],
  ["OPTIONS", [200]],
  ["SUBSCRIBE", [200]],
]);
/** Handled normally is also this: of no dialog of ours (RFC 3261 §12.2.2), a method we do not serve. */
const outOfPlace = [405, 481, 501];

function host(): Stage {
  const stage = new Stage();
  stage.core.onPageMessage((_request, answer) => answer(200));
  const user = { established: ignore, refused: ignore, request: ignore, ended: ignore };
  stage.core.sessions.onInvite((incoming) => incoming.accept(user, "v=0"));
  stage.core.notifier.onSubscribe((incoming) => incoming.accept({ refreshed: ignore, ended: ignore, changed: ignore }));
  return stage;
}

describe("RFC 4475: what an endpoint makes of the torture messages", () => {
  test("all 49 are here", () => {
    assert.equal(cases.length, 49);
  });

  for (const { id, file, section, title, arrivesOver, expect } of cases) {
    test(`§${section} ${title} (${id}): ${expect.endpoint?.action ?? "survived"}`, () => {
      const stage = host();
      const bytes = readFileSync(join(folder, file));
      stage.transport.inject(bytes, fakeConnection(arrivesOver));
      if (expect.endpoint !== undefined) check(stage, expect.endpoint, bytes.toString("latin1"));
      stage.transport.responses.length = 0;
      stage.request({ method: "OPTIONS" });
      assert.deepEqual(stage.transport.statuses(), [200], "it still answers OPTIONS");
    });
  }
});

function check(stage: Stage, expected: Expectation, text: string): void {
  const [status, ...more] = stage.transport.statuses();
  assert.deepEqual(more, []);
  const normal = [...(processed.get(text.trimStart().split(" ", 1)[0] ?? "") ?? []), ...outOfPlace];
  switch (expected.action) {
    case "respond":
      assert.ok(status !== undefined && expected.statuses?.includes(status), `answered ${status}`);
      break;
    case "process":
      assert.ok(status !== undefined && normal.includes(status), `answered ${status}`);
      break;
    case "respond-or-process":
    case "process-or-respond":
      assert.ok(
        status !== undefined && [...(expected.statuses ?? []), ...normal].includes(status),
        `answered ${status}`,
      );
      break;
    case "process-response":
    case "discard":
      assert.equal(status, undefined);
      assert.deepEqual(stage.transport.requests, []);
      break;
  }
  for (const name of expected.mustInclude ?? []) assert.notEqual(stage.transport.lastResponse().first(name), undefined);
  const unsupported = expected.unsupportedHeader;
  if (unsupported !== undefined) assert.deepEqual(stage.transport.lastResponse().values("Unsupported"), unsupported);
}

function ignore(): void {
  return;
}
