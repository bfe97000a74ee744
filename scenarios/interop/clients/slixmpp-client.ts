import { join } from "node:path";
import type { SignIn } from "./persons-client.ts";
import { PythonClient } from "./python-client.ts";

/** slixmpp in a Python process of its own. */
export class SlixmppClient extends PythonClient {
  /** Signs in over STARTTLS with the certificate checked, gets the roster and is available. */
  static async signIn(login: SignIn): Promise<SlixmppClient> {
    const script = join(import.meta.dirname, "slixmpp_client.py");
    const client = new SlixmppClient([script, login.jid, login.password, String(login.port), login.authorityFile]);
    await client.ready();
    return client;
  }
}
