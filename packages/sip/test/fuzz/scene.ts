import assert from "node:assert/strict";
import { type Logger, silentLogger } from "@interpres/runtime";
import { Stage } from "../conformance/stage.ts";

const LONGEST_WAIT_MS = 7_200_000;

/** A stage whose log is listened to: what is logged as an error is a fault of ours. */
export class Scene {
  readonly stage: Stage;
  #fault: string | undefined;

  constructor() {
    const log: Logger = {
      ...silentLogger,
      error: (event, fields) => {
        this.#fault ??= `${event} ${fields?.reason ?? ""}`;
      },
    };
    this.stage = new Stage({ log, settings: { invitationTypes: ["application/ms-conf-invite+xml"] } });
  }

  wait(milliseconds: number): void {
    if (milliseconds >= 0) this.stage.clock.advance(Math.min(milliseconds, LONGEST_WAIT_MS));
  }

  check(): void {
    if (this.#fault !== undefined) assert.fail(this.#fault);
  }
}

/** The value counted from the end: 0 is the last one. Undefined for what is no number, or reaches too far back. */
export function fromEnd<T>(values: readonly T[], word: string | undefined): T | undefined {
  return values.at(-1 - Number(word));
}
