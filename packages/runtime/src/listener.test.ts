import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { watchListener } from "./listener.ts";
import { silentLogger } from "./logger.ts";

describe("a listener that is watched", () => {
  const brokenBy = (code: string): boolean => {
    const listener = new EventEmitter();
    let isBroken = false;
    watchListener(listener, {
      log: silentLogger,
      broke: () => {
        isBroken = true;
      },
    });
    listener.emit("error", Object.assign(new Error(`accept ${code}`), { code }));
    return isBroken;
  };

  for (const code of ["ECONNABORTED", "EPROTO", "EMFILE", "ENOBUFS", "ECONNRESET"])
    test(`goes on over ${code}`, () => assert.equal(brokenBy(code), false));

  for (const code of ["EBADF", "EINVAL", "ENOTSOCK"])
    test(`is broken by ${code}`, () => assert.equal(brokenBy(code), true));
});
