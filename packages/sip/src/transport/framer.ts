import type { SipMessage } from "../message/message.ts";
import { completeMessage, type Head, parseHead } from "../message/parse.ts";
import { SyntaxProblem } from "../message/syntax-problem.ts";

/** The most a stream may send for one message, in octets. */
export interface FramerLimits {
  readonly headerOctets: number;
  readonly bodyOctets: number;
}

/** 64 kB of header, 1 MB of body. */
export const defaultFramerLimits: FramerLimits = { headerOctets: 65_536, bodyOctets: 1_048_576 };

/** Who is told what a stream holds; called during `push`, in order. */
export interface FramerListener {
  /** One message, or what is wrong within it; the stream is still in step. `octets` are those of the wire, for traces. */
  message(message: SipMessage | SyntaxProblem, octets: Uint8Array): void;
  /** CRLFCRLF between messages: the answer is CRLF (RFC 5626 §3.5.1, §4.4.1). */
  ping(): void;
  /** Nobody can say where the next message begins: answer `problem.message` if there is one, then close. */
  fatal(problem: SyntaxProblem): void;
}

const CR = 0x0d;
const LF = 0x0a;
const endOfHeader = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3). Line ends before a start line are skipped (§7.5). Copies
 * only what a chunk leaves unfinished, and a message that is much smaller than its chunk, so that keeping the one does
 * not keep the other.
 */
export class StreamFramer {
  readonly #listener: FramerListener;
  readonly #limits: FramerLimits;
  #pieces: Buffer[] = [];
  #octets = 0;
  /** No use in looking again before so many octets are there. */
  #wanted = 1;
  #head: Head | undefined;
  #headerOctets = 0;
  #searched = 0;
  #lineEnds = 0;
  #isClosed = false;

  constructor(listener: FramerListener, limits: FramerLimits = defaultFramerLimits) {
    this.#listener = listener;
    this.#limits = limits;
  }

  /** Octets of a message that is not whole yet; 0 between messages. */
  get pendingOctets(): number {
    return this.#octets;
  }

  /** Takes the next octets. After `fatal` and `close` everything is dropped. */
  push(chunk: Uint8Array): void {
    if (this.#isClosed || chunk.length === 0) return;
    this.#pieces.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#octets += chunk.length;
    if (this.#octets < this.#wanted) return;
    let rest = this.#joined();
    while (rest.length > 0 && !this.#isClosed) {
      const taken = this.#head === undefined ? this.#takeHead(rest) : this.#takeBody(rest, this.#head);
      if (taken < 0) break;
      rest = rest.subarray(taken);
    }
    this.#pieces = rest.length === 0 || this.#isClosed ? [] : [rest];
    this.#octets = this.#isClosed ? 0 : rest.length;
  }

  /** Drops everything from now on: for a listener that closes the connection. */
  close(): void {
    this.#isClosed = true;
  }

  /** Looks for a whole header; answers how many octets are done with, -1 when more must come. */
  #takeHead(rest: Buffer): number {
    if (this.#searched === 0 && (rest[0] === CR || rest[0] === LF)) return this.#takeLineEnds(rest);
    this.#lineEnds = 0;
    const end = rest.indexOf(endOfHeader, Math.max(0, this.#searched - 3));
    if (end < 0) {
      this.#searched = rest.length;
      this.#wanted = rest.length + 1;
      return rest.length > this.#limits.headerOctets ? this.#fail(413, "header too large") : -1;
    }
    if (end + 4 > this.#limits.headerOctets) return this.#fail(413, "header too large");
    this.#searched = 0;
    this.#headerOctets = end + 4;
    this.#head = parseHead(rest.toString("latin1", 0, end + 4));
    return 0;
  }

  /** Counts CR LF CR LF between messages. */
  #takeLineEnds(rest: Buffer): number {
    let taken = 0;
    for (; taken < rest.length && (rest[taken] === CR || rest[taken] === LF); taken += 1) {
      const expected = this.#lineEnds % 2 === 0 ? CR : LF;
      this.#lineEnds = rest[taken] === expected ? this.#lineEnds + 1 : 0;
      if (this.#lineEnds === 4) {
        this.#lineEnds = 0;
        this.#listener.ping();
      }
    }
    this.#wanted = 1;
    return taken;
  }

  #takeBody(rest: Buffer, head: Head): number {
    const { contentLength } = head;
    if (contentLength === undefined) return this.#failWith(completeMessage(head, nothing, "stream"));
    if (contentLength > this.#limits.bodyOctets) return this.#fail(413, "body too large");
    const length = this.#headerOctets + contentLength;
    this.#wanted = length;
    if (rest.length < length) return -1;
    this.#head = undefined;
    this.#wanted = 1;
    const octets =
      length * 4 < rest.buffer.byteLength
        ? Buffer.from(new Uint8Array(rest.subarray(0, length)))
        : rest.subarray(0, length);
    this.#listener.message(completeMessage(head, octets.subarray(this.#headerOctets), "stream"), octets);
    return length;
  }

  #fail(status: 400 | 413, reason: string): number {
    return this.#failWith(new SyntaxProblem({ status, reason, offset: 0 }));
  }

  #failWith(problem: SipMessage | SyntaxProblem): number {
    this.#isClosed = true;
    if (problem instanceof SyntaxProblem) this.#listener.fatal(problem);
    return -1;
  }

  #joined(): Buffer {
    const [only, ...more] = this.#pieces;
    if (only === undefined) return nothing;
    return more.length === 0 ? only : Buffer.concat(this.#pieces, this.#octets);
  }
}
