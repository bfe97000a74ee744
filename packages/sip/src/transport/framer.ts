import type { SipMessage } from "../message/message.ts";
import { MessageProblem } from "../message/message-problem.ts";
import { asBuffer } from "../message/octet-text.ts";
import { answerable, completeMessage, type Head, parseHead, unframedProblem } from "../message/parse.ts";
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
  message(message: SipMessage | MessageProblem, octets: Uint8Array): void;
  /** CRLFCRLF between messages: the answer is CRLF (RFC 5626 §3.5.1, §4.4.1). */
  ping(): void;
  /** Nobody can say where the next message begins: answer `problem.message` if there is one, then close. */
  fatal(problem: MessageProblem): void;
}

const CR = 0x0d;
const LF = 0x0a;
const endOfHeader = Buffer.from("\r\n\r\n");
const nothing = Buffer.alloc(0);

/**
 * Cuts a stream into messages by Content-Length (RFC 3261 §18.3). Line ends before a start line are skipped (§7.5). Copies
 * only what a chunk leaves unfinished, and a message that is much smaller than its chunk, so that keeping the one does
 * not keep the other. Takes time linear in the octets, however they are cut.
 */
export class StreamFramer {
  readonly #listener: FramerListener;
  readonly #limits: FramerLimits;
  /** Where unfinished octets wait: `#octets` of them from `#from` on. Not written to again where a message was handed out. */
  #room: Buffer = nothing;
  #from = 0;
  #octets = 0;
  /** The header section of the message that waits for its body. */
  #head: Head | undefined;
  /** How far the end of the header was looked for in vain. */
  #searched = 0;
  /** How many octets of CR LF CR LF have come between messages. */
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
    if (this.#isClosed) return;
    const isFresh = this.#octets === 0;
    let rest = isFresh ? asBuffer(chunk) : this.#joined(chunk);
    const pushed = rest.length;
    while (rest.length > 0) {
      const taken = this.#head === undefined ? this.#takeHead(rest) : this.#takeBody(rest, this.#head);
      if (this.#isClosed) return;
      if (taken < 0) break;
      rest = rest.subarray(taken);
    }
    this.#octets = 0;
    if (rest.length === 0) this.#room = nothing;
    else if (isFresh) this.#joined(rest);
    else this.#from += pushed - rest.length;
    this.#octets = rest.length;
  }

  /** Drops everything from now on: for a listener that closes the connection. */
  close(): void {
    this.#isClosed = true;
    this.#octets = 0;
    this.#room = nothing;
  }

  /** Looks for a whole header; answers how many octets are done with, -1 when more must come. */
  #takeHead(rest: Buffer): number {
    if (this.#searched === 0 && (rest[0] === CR || rest[0] === LF)) return this.#takeLineEnds(rest);
    this.#lineEnds = 0;
    const head = this.#mayHoldHead(rest) ? parseHead(rest) : undefined;
    const octets = head?.headers.text.length ?? rest.length;
    if (octets > this.#limits.headerOctets) {
      const tooLarge = new SyntaxProblem({ status: 413, reason: "header too large", offset: 0 });
      return this.#fail(new MessageProblem(tooLarge, undefined));
    }
    this.#searched = head === undefined ? rest.length : 0;
    this.#head = head;
    return head === undefined ? -1 : 0;
  }

  /** At the first look, parsing tells; later only octets that were not looked at can hold the end, so that time stays linear. */
  #mayHoldHead(rest: Buffer): boolean {
    return this.#searched === 0 || rest.indexOf(endOfHeader, Math.max(0, this.#searched - 3)) >= 0;
  }

  #takeLineEnds(rest: Buffer): number {
    let taken = 0;
    for (; rest[taken] === CR || rest[taken] === LF; taken += 1) {
      const expected = this.#lineEnds % 2 === 0 ? CR : LF;
      this.#lineEnds = rest[taken] === expected ? this.#lineEnds + 1 : 0;
      if (this.#lineEnds === 4) {
        this.#lineEnds = 0;
        this.#listener.ping();
      }
    }
    return taken;
  }

  #takeBody(rest: Buffer, head: Head): number {
    const { contentLength } = head;
    if (contentLength === undefined) return this.#fail(unframedProblem(head));
    if (contentLength > this.#limits.bodyOctets) {
      const tooLarge = new SyntaxProblem({ status: 413, reason: "body too large", offset: head.headers.text.length });
      return this.#fail(answerable(tooLarge, head.headers));
    }
    const headerOctets = head.headers.text.length;
    const length = headerOctets + contentLength;
    if (rest.length < length) return -1;
    this.#head = undefined;
    const octets = ownOctets(rest, length);
    const own = { contentLength, unframed: undefined, headers: head.headers.on(octets) };
    this.#listener.message(completeMessage(own, octets.subarray(headerOctets), "stream"), octets);
    return length;
  }

  #fail(problem: MessageProblem): number {
    this.close();
    this.#listener.fatal(problem);
    return -1;
  }

  /** The unfinished octets and the chunk after them; room at least doubles whenever it is too small. */
  #joined(chunk: Uint8Array): Buffer {
    const octets = this.#octets + chunk.length;
    if (this.#octets === 0 || this.#from + octets > this.#room.length) {
      const room = Buffer.from(new ArrayBuffer(octets * 2));
      room.set(this.#room.subarray(this.#from, this.#from + this.#octets));
      this.#room = room;
      this.#from = 0;
    }
    this.#room.set(chunk, this.#from + this.#octets);
    return this.#room.subarray(this.#from, this.#from + octets);
  }
}

/** The first octets of `rest`, copied when they would keep much more than themselves in memory. */
function ownOctets(rest: Buffer, length: number): Buffer {
  if (length * 4 >= rest.buffer.byteLength) return rest.subarray(0, length);
  return asBuffer(Uint8Array.prototype.slice.call(rest, 0, length));
}
