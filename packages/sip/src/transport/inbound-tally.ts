/** Counts inbound connections, handshakes included, against the bounds of the settings. */
export class InboundTally {
  readonly #maximum: number;
  readonly #maximumFromOne: number;
  readonly #fromAddress = new Map<string, number>();
  #total = 0;

  constructor(limits: { readonly maximumInboundConnections: number; readonly maximumInboundFromOneAddress: number }) {
    this.#maximum = limits.maximumInboundConnections;
    this.#maximumFromOne = limits.maximumInboundFromOneAddress;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts one more, or says that there is no room for it. Each that entered leaves once. */
  enter(address: string): "entered" | "full" {
    const present = this.#fromAddress.get(address) ?? 0;
    if (this.#total >= this.#maximum || present >= this.#maximumFromOne) return "full";
    this.#fromAddress.set(address, present + 1);
    this.#total += 1;
    return "entered";
  }

  leave(address: string): void {
    const present = this.#fromAddress.get(address) ?? 0;
    if (present <= 1) this.#fromAddress.delete(address);
    else this.#fromAddress.set(address, present - 1);
    this.#total -= 1;
  }
}
