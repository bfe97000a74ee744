import type { FederationNotice, UserNotice } from "@interpres/admin-api";

const WIDTH = 78;

/** The letter to the administrator of a foreign domain (facts R72, B14, C17). */
export function federationNoticeText(notice: Omit<FederationNotice, "text">): string {
  const { domain, addresses } = notice;
  return letter([
    [`Federation of ${addresses.domains.join(", ")} with ${domain}`],
    ["This is what the administrator of the other side needs. It was made from our settings as they are now."],
    whereWeAre(notice),
    whatToEnter(notice),
    ourCertificate(notice),
    theirCertificate(notice),
    theirUsers(notice),
  ]);
}

/** The letter to our own users (facts R73). */
export function userNoticeText({ knownBy, acceptJidUntil }: Omit<UserNotice, "text">): string {
  if (knownBy === "jid")
    return letter([
      ["Your address for people in other organisations"],
      ["People in other organisations reach you by the address you sign in with. Give them that one."],
    ]);
  const old =
    acceptJidUntil === null
      ? "What is sent from outside to your sign-in address does not reach you, unless it happens to be your e-mail address too; the sender is told that there is no such user."
      : `Until ${acceptJidUntil} your sign-in address still works from outside; after that, what is sent to it does not reach you.`;
  return letter([
    ["Your address for people in other organisations"],
    [
      "People in other organisations now know you by your e-mail address. If the directory has none of yours, your sign-in address stays.",
    ],
    [
      "- They see your e-mail address instead of the address you sign in with.",
      "- To add you as a contact, they have to use your e-mail address.",
      "- Anyone who already has you under your sign-in address has to remove that contact and add you by your e-mail address.",
      `- ${old}`,
      "- After your next sign-in, contacts you already have may be asked to accept you again, now under your e-mail address.",
    ],
    ["You change nothing yourself: sign in as ever, and keep your contacts as they are."],
  ]);
}

function whereWeAre({ addresses, host, port, records }: Notice): readonly string[] {
  return [
    "WHERE WE ARE",
    `Our SIP domains: ${addresses.domains.join(", ")}`,
    `Our host: ${host}, port ${port}, SIP over TLS; both sides show a certificate.`,
    "Our public DNS says so:",
    ...records.map((record) => `    ${record}`),
  ];
}

function whatToEnter({ integrationType, host, port, addresses }: Notice): readonly string[] {
  const domains = addresses.domains.join(", ");
  switch (integrationType) {
    case "microsoft":
      return [
        "WHAT TO ENTER (OCS, Lync, Skype for Business)",
        `- Switch federation on, and add us on the Access Edge as an IM provider with the network address ${host}. It is no public provider; let all communication through.`,
        `- Do not list ${domains} among the allowed domains as well: with both entries the edge refuses us.`,
        "- Where partner discovery is on, the record above is enough to find us.",
        `- The port to us, ${port}, has to be open in your firewall, and yours, 5061, to us.`,
      ];
    case "aol":
      return [
        "WHAT TO ENTER (clearing house)",
        `- Register our domains ${domains} with the host ${host}, port ${port}. No SRV look-up is needed for that.`,
      ];
    case "standard":
      return [
        "WHAT TO ENTER",
        `- Find us by DNS (RFC 3263), or send requests for ${domains} to ${host}:${port} over TLS.`,
        "- Presence is SUBSCRIBE and NOTIFY (RFC 3856, PIDF), messages are MESSAGE (RFC 3428) or INVITE sessions.",
      ];
  }
}

function ourCertificate({ certificate }: Notice): readonly string[] {
  if (certificate === null) return [];
  const { commonName, dnsNames, issuer, notAfter, fingerprint256, authorityPem } = certificate;
  const trust =
    authorityPem === null
      ? ["- Trust the authority that signed it."]
      : ["- Trust this authority, which is ours:", "", ...authorityPem.trimEnd().split("\n")];
  return [
    "OUR CERTIFICATE",
    `- Name: ${commonName ?? "none"}; further names: ${dnsNames.join(", ") || "none"}`,
    `- Signed by: ${issuer}`,
    `- Good until ${notAfter}; SHA-256 ${fingerprint256}`,
    ...trust,
  ];
}

function theirCertificate({ expectedSubjects }: Notice): readonly string[] {
  const names =
    expectedSubjects.length === 0
      ? "- Tell us the name in it, and send us the certificate of the authority that signed it."
      : `- We expect the name ${expectedSubjects.join(" or ")} in it. If it is another, tell us.`;
  return ["YOUR CERTIFICATE", "- It must be good for servers and for clients: you call us, too.", names];
}

function theirUsers({ addresses }: Notice): readonly string[] {
  if (addresses.knownBy === "jid")
    return ["WHAT YOUR USERS DO", `- They add our users by the address name@${addresses.domains[0] ?? ""}.`];
  const until = addresses.acceptJidUntil;
  return [
    "WHAT YOUR USERS DO",
    "- They add our users by their e-mail address.",
    "- Anyone who has one of our users as a contact under another address removes that contact and adds the e-mail address.",
    until === null
      ? "- Requests to any other address are answered 404, as if there were no such user."
      : `- Until ${until} the other address works as well; after that, requests to it are answered 404.`,
  ];
}

type Notice = Omit<FederationNotice, "text">;

/** Paragraphs of lines, folded at blanks; lines of a certificate or a zone are longer than that and stay whole. */
function letter(paragraphs: readonly (readonly string[])[]): string {
  const filled = paragraphs.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.flatMap(folded).join("\n")).join("\n\n")}\n`;
}

function folded(line: string): readonly string[] {
  if (line.startsWith("    ")) return [line];
  const indent = line.startsWith("- ") ? "  " : "";
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(" ", WIDTH);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}
