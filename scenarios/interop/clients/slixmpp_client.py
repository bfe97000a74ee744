"""A slixmpp client driven by JSON lines: commands on standard input, what it sees on standard output."""
import asyncio
import json
import sys

import slixmpp


def tell(**event):
    print(json.dumps(event), flush=True)


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid, password, authority):
        super().__init__(jid, password)
        self.ca_certs = authority
        self.auto_authorize = None
        self.auto_subscribe = False
        self.register_plugin("xep_0085")
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("failed_auth", lambda _: tell(kind="failed"))
        self.add_event_handler("message", self.got_message)
        for kind in ("available", "unavailable", "subscribe", "subscribed"):
            self.add_event_handler(f"presence_{kind}", self.got_presence)

    async def started(self, _):
        await self.get_roster()
        self.send_presence()
        tell(kind="ready", tls=self.transport.get_extra_info("ssl_object").version(), roster=len(self.client_roster))
        reader = asyncio.StreamReader()
        await self.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            self.obey(json.loads(line))
        self.disconnect()

    def obey(self, command):
        if "body" in command:
            self.send_message(mto=command["to"], mbody=command["body"], mtype="chat")
        else:
            self.send_presence(pto=command["to"], ptype=command["presence"])

    def got_message(self, message):
        if message["body"]:
            tell(kind="message", sender=message["from"].bare, body=message["body"])

    def got_presence(self, presence):
        tell(kind="presence", sender=presence["from"].bare, type=presence["type"])


asyncio.set_event_loop(asyncio.new_event_loop())
_, jid, password, port, authority = sys.argv
client = Client(jid, password, authority)
client.connect(address=("127.0.0.1", int(port)))
client.process(forever=False)
