export interface SignIn {
  readonly jid: string;
  readonly password: string;
  readonly port: number;
  /** A file with the certificate that the client shall trust. */
  readonly authorityFile: string;
}

/** What a person does with any client; each wait rejects with what the client saw instead. */
export interface PersonsClient {
  say(to: string, body: string): Promise<void>;
  /** Asks to see the contact's presence. */
  watch(contact: string): Promise<void>;
  hears(sender: string, body: string): Promise<void>;
  /** Waits until the contact is available. */
  sees(contact: string): Promise<void>;
  end(): Promise<void>;
}
