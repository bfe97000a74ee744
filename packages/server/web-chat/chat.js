import converse from "/chat/dist/converse.min.js";

const OWN = "/chat/";

/** What converse.js would show of itself beside the login form: links, sponsors and pictures of other hosts. */
function nothingOf(name) {
  customElements.define(name, class extends HTMLElement {});
}

class Brand extends HTMLElement {
  connectedCallback() {
    const icon = document.createElement("img");
    icon.src = `${OWN}icon.svg`;
    icon.alt = "";
    const name = document.createElement("span");
    name.textContent = "Interpres";
    this.replaceChildren(icon, name);
  }
}

// An element that is there already is left as it is when converse.js registers its own.
customElements.define("converse-brand-logo", Brand);
nothingOf("converse-footer");
nothingOf("converse-controlbox-navbar");

const answer = await fetch(`${OWN}settings.json`);
const { domains } = await answer.json();

await converse.initialize({
  view_mode: "fullscreen",
  theme: "classic",
  dark_theme: "dracula",
  assets_path: `${OWN}dist/`,
  sounds_path: `${OWN}dist/sounds/`,
  notification_icon: `${OWN}icon.svg`,
  websocket_url: `wss://${location.host}/xmpp`,
  discover_connection_methods: false,
  // One domain: its users sign in by their name. Several: by their address.
  ...(domains.length === 1 ? { default_domain: domains[0] } : {}),
  // No picture, player or list from another host.
  render_media: false,
  embed_3rd_party_media_players: false,
  autocomplete_providers_url: "",
  // What does not get over the border to SIP.
  allow_message_corrections: false,
  allow_message_retraction: false,
  visible_toolbar_buttons: { call: false, clear: true, emoji: true, location: false, spoiler: false },
  show_client_info: false,
  show_self_in_roster: false,
  blacklisted_plugins: [
    // What the server does not have.
    "converse-adhoc-views",
    "converse-bookmarks",
    "converse-bookmark-views",
    "converse-disco-views",
    "converse-headlines-view",
    "converse-mam",
    "converse-mam-views",
    "converse-omemo",
    "converse-omemo-views",
    "converse-push",
    "converse-reactions",
    "converse-reaction-views",
    "converse-register",
  ],
});
