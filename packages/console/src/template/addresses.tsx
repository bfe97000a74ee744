import type { ShownAddress } from "@interpres/admin-api";
import { Badge, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import { otherFormOf, warningOf } from "./address-words.ts";
import classes from "./template.module.css";

const own = texts.addresses;

interface Props {
  readonly addresses: readonly ShownAddress[] | undefined;
}

/** Each address as our users and as SIP requests write it, with a mark where it could be taken for another (RFC 7247 §8). */
export function Addresses({ addresses = [] }: Props): ReactNode {
  if (addresses.length === 0) return null;
  return (
    <ul className={classes.addresses} aria-label={own.title}>
      {addresses.map((address) => (
        <li key={address.jid}>
          <Text size="sm" span>
            {address.jid}
          </Text>
          <Text size="sm" span c="dimmed">
            {address.sipUri ?? own.noSipUri}
          </Text>
          <Warning address={address} />
        </li>
      ))}
    </ul>
  );
}

/** An address in a cell of a table: its form in SIP only where that says more. */
export function AddressCell({ jid, addresses = [] }: Props & { readonly jid: string }): ReactNode {
  const address = addresses.find((each) => each.jid === jid);
  if (address === undefined) return jid;
  return (
    <>
      {jid}
      <Text size="xs" span c="dimmed" ml="xs">
        {otherFormOf(address)}
      </Text>
      <Warning address={address} />
    </>
  );
}

function Warning({ address }: { readonly address: ShownAddress }): ReactNode {
  const warning = warningOf(address);
  if (warning === "") return null;
  return (
    <Badge color="yellow.4" c="black" ml="xs" tt="none" title={warning}>
      {warning}
    </Badge>
  );
}
