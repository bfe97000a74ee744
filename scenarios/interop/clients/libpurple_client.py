"""A client on libpurple driven by JSON lines: commands on standard input, what it sees on standard output."""
import ctypes
import json
import os
import re
import sys
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_uint, c_ulong, c_void_p
from html import unescape

GLIB_IN, GLIB_OUT, GLIB_BROKEN = 1, 4, 8 | 16
PURPLE_READ, PURPLE_WRITE = 1, 2
PURPLE_CONVERSATION_IM = 1
PRIMITIVES = {"offline": 1, "available": 2, "busy": 3, "away": 5}
UI = b"interpres-interop"

glib = ctypes.CDLL("libglib-2.0.so.0")
purple = ctypes.CDLL("libpurple.so.0", mode=ctypes.RTLD_GLOBAL)
for name, result, *arguments in (
    ("account_new", c_void_p, c_char_p, c_char_p),
    ("account_set_string", None, c_void_p, c_char_p, c_char_p),
    ("account_set_bool", None, c_void_p, c_char_p, c_int),
    ("account_set_int", None, c_void_p, c_char_p, c_int),
    ("account_set_password", None, c_void_p, c_char_p),
    ("account_set_enabled", None, c_void_p, c_char_p, c_int),
    ("account_add_buddy", None, c_void_p, c_void_p),
    ("accounts_add", None, c_void_p),
    ("blist_add_buddy", None, c_void_p, c_void_p, c_void_p, c_void_p),
    ("blist_add_group", None, c_void_p, c_void_p),
    ("blist_get_handle", c_void_p),
    ("blist_new", c_void_p),
    ("buddy_get_name", c_char_p, c_void_p),
    ("buddy_new", c_void_p, c_void_p, c_char_p, c_char_p),
    ("connections_get_handle", c_void_p),
    ("conversation_get_im_data", c_void_p, c_void_p),
    ("conversation_new", c_void_p, c_int, c_void_p, c_char_p),
    ("conversations_get_handle", c_void_p),
    ("conv_im_send", None, c_void_p, c_char_p),
    ("core_init", c_int, c_char_p),
    ("debug_set_enabled", None, c_int),
    ("eventloop_set_ui_ops", None, c_void_p),
    ("group_new", c_void_p, c_char_p),
    ("network_set_public_ip", None, c_char_p),
    ("prefs_set_bool", None, c_char_p, c_int),
    ("prefs_set_int", None, c_char_p, c_int),
    ("savedstatus_activate", None, c_void_p),
    ("savedstatus_new", c_void_p, c_char_p, c_int),
    ("set_blist", None, c_void_p),
    ("signal_connect", c_ulong, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p),
    ("util_set_user_dir", None, c_char_p),
):
    function = getattr(purple, f"purple_{name}")
    function.restype, function.argtypes = result, arguments
glib.g_main_loop_new.restype = c_void_p
glib.g_main_loop_run.argtypes = glib.g_main_loop_quit.argtypes = [c_void_p]

InputFunction = CFUNCTYPE(None, c_void_p, c_int, c_int)
DescriptorFunction = CFUNCTYPE(c_int, c_int, c_uint, c_void_p)
InputAdd = CFUNCTYPE(c_uint, c_int, c_int, InputFunction, c_void_p)
glib.g_unix_fd_add.argtypes = [c_int, c_uint, DescriptorFunction, c_void_p]
kept = []
watches = {}


class EventLoop(Structure):
    _fields_ = [
        ("timeout_add", c_void_p),
        ("timeout_remove", c_void_p),
        ("input_add", InputAdd),
        ("input_remove", c_void_p),
        ("input_get_error", c_void_p),
        ("timeout_add_seconds", c_void_p),
        ("reserved", c_void_p * 3),
    ]


def tell(**event):
    print(json.dumps(event), flush=True)


@InputAdd
def add_input(descriptor, condition, function, data):
    def ready(_, seen, __):
        function(data, descriptor, PURPLE_READ * bool(seen & (GLIB_IN | GLIB_BROKEN)) | PURPLE_WRITE * bool(seen & GLIB_OUT))
        return 1

    callback = DescriptorFunction(ready)
    wanted = GLIB_BROKEN | GLIB_IN * bool(condition & PURPLE_READ) | GLIB_OUT * bool(condition & PURPLE_WRITE)
    handle = glib.g_unix_fd_add(descriptor, wanted, callback, None)
    watches[handle] = callback
    return handle


def address(function):
    return ctypes.cast(function, c_void_p)


def on(instance, signal, *types):
    """Decorates the handler of a signal of libpurple's."""

    def connect(handler):
        callback = CFUNCTYPE(None, *types, c_void_p)(lambda *arguments: handler(*arguments[:-1]))
        kept.append(callback)
        purple.purple_signal_connect(instance, signal, purple.purple_connections_get_handle(), address(callback), None)
        return handler

    return connect


def text_of(message):
    return unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", re.sub(r"<br */?>", "\n", message.decode()))).strip()


def markup_of(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def bare(name):
    return re.sub(r"^sip:", "", name.decode()).split(";")[0]


def obey(account, command):
    if "body" in command:
        talk = purple.purple_conversation_new(PURPLE_CONVERSATION_IM, account, command["to"].encode())
        purple.purple_conv_im_send(purple.purple_conversation_get_im_data(talk), markup_of(command["body"]))
    elif "state" in command:
        show(command["state"])
    else:
        group = purple.purple_group_new(b"Contacts")
        buddy = purple.purple_buddy_new(account, command["to"].encode(), None)
        purple.purple_blist_add_group(group, None)
        purple.purple_blist_add_buddy(buddy, None, group, None)
        purple.purple_account_add_buddy(account, buddy)


def show(state):
    purple.purple_savedstatus_activate(purple.purple_savedstatus_new(None, PRIMITIVES[state]))


def begin(folder):
    loop = EventLoop(
        timeout_add=address(glib.g_timeout_add),
        timeout_remove=address(glib.g_source_remove),
        input_add=add_input,
        input_remove=address(glib.g_source_remove),
        timeout_add_seconds=address(glib.g_timeout_add_seconds),
    )
    kept.append(loop)
    purple.purple_util_set_user_dir(folder.encode())
    purple.purple_debug_set_enabled(1)
    purple.purple_eventloop_set_ui_ops(ctypes.addressof(loop))
    if not purple.purple_core_init(UI):
        sys.exit("libpurple does not start")
    purple.purple_set_blist(purple.purple_blist_new())


def listen():
    @on(purple.purple_connections_get_handle(), b"signed-on", c_void_p)
    def _(_connection):
        tell(kind="ready")

    @on(purple.purple_connections_get_handle(), b"connection-error", c_void_p, c_int, c_char_p)
    def _(_connection, _error, description):
        tell(kind="failed", reason=description.decode())

    @on(purple.purple_conversations_get_handle(), b"received-im-msg", c_void_p, c_char_p, c_char_p, c_void_p, c_int)
    def _(_account, sender, message, _talk, _flags):
        tell(kind="message", sender=bare(sender), body=text_of(message))

    @on(purple.purple_conversations_get_handle(), b"buddy-typing", c_void_p, c_char_p)
    def _(_account, sender):
        tell(kind="typing", sender=bare(sender))

    for signal, kind in ((b"buddy-signed-on", "available"), (b"buddy-signed-off", "unavailable")):

        @on(purple.purple_blist_get_handle(), signal, c_void_p)
        def _(buddy, kind=kind):
            tell(kind="presence", sender=bare(purple.purple_buddy_get_name(buddy)), type=kind)


def reachable_on_loopback(port):
    """Where its plug-ins listen for connections, and what they say of it."""
    purple.purple_network_set_public_ip(b"127.0.0.1")
    purple.purple_prefs_set_bool(b"/purple/network/auto_ip", 0)
    purple.purple_prefs_set_bool(b"/purple/network/ports_range_use", 1)
    for end in (b"start", b"end"):
        purple.purple_prefs_set_int(b"/purple/network/ports_range_" + end, port)


def settle(account, plugin, server):
    """How each plug-in is told of its server, by TCP."""
    host, port = server.split(":")
    if plugin == "prpl-sipe":
        for key, value in (("server", server), ("transport", "tcp"), ("authentication", "ntlm")):
            purple.purple_account_set_string(account, key.encode(), value.encode())
    else:
        purple.purple_account_set_bool(account, b"udp", 0)
        purple.purple_account_set_bool(account, b"useproxy", 1)
        purple.purple_account_set_string(account, b"proxy", host.encode())
        purple.purple_account_set_int(account, b"port", int(port))


def main(plugin, user, server, folder, port):
    begin(folder)
    reachable_on_loopback(int(port))
    listen()
    account = purple.purple_account_new(user.encode(), plugin.encode())
    purple.purple_account_set_password(account, b"secret")
    settle(account, plugin, server)
    purple.purple_accounts_add(account)
    purple.purple_account_set_enabled(account, UI, 1)
    show("available")
    main_loop = glib.g_main_loop_new(None, 0)

    @DescriptorFunction
    def typed(descriptor, *_):
        lines = os.read(descriptor, 65536).decode()
        if lines == "":
            glib.g_main_loop_quit(main_loop)
            return 0
        for line in lines.splitlines():
            obey(account, json.loads(line))
        return 1

    glib.g_unix_fd_add(0, GLIB_IN | GLIB_BROKEN, typed, None)
    glib.g_main_loop_run(main_loop)


main(*sys.argv[1:])
