import type { Page, Resource } from "@interpres/admin-api";
import { Table } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { messageOf } from "../data/problems.ts";
import { useList } from "../data/resources.ts";
import { fill, texts } from "../texts/texts.ts";
import { FindBar } from "./find-bar.tsx";
import { type Find, findText, useFind } from "./find-in-url.ts";
import { type ChosenItem, ListActions } from "./list-actions.tsx";
import { type Column, ListRow } from "./list-row.tsx";
import { PageTitle } from "./page-title.tsx";
import { Paging, usePaging } from "./paging.tsx";
import { type Status, StatusArea } from "./status-area.tsx";
import classes from "./template.module.css";

export interface FindListProps<Item, Input> {
  readonly title: string;
  /** "Find static routes where". */
  readonly findWhat: string;
  readonly resource: Resource<Item, Input>;
  /** Of the page; the form of an item lies below it. */
  readonly path: string;
  readonly keyOf: (item: Item) => string;
  /** What people call it; its key by default. */
  readonly nameOf?: (item: Item) => string;
  /** What `find` of the API knows of this resource. */
  readonly fields: readonly { readonly name: string; readonly label: string }[];
  /** The first leads to the item's form. */
  readonly columns: readonly Column<Item>[];
  /** Why this one cannot be deleted; such rows have no checkbox. */
  readonly keeps?: (item: Item) => string | undefined;
  /** Predefined: items are changed, and neither made nor deleted. */
  readonly members?: "predefined";
}

/** The book's Find/List page over a list of the API. */
export function FindList<Item, Input>(props: FindListProps<Item, Input>): ReactNode {
  const { resource, keyOf, nameOf = keyOf, keeps, members } = props;
  const [find, setFind] = useFind();
  const paging = usePaging(find && findText(find));
  const list = useList(resource as Resource<Item, never>, { ...(find && { find: findText(find) }), ...paging.query });
  const [chosen, choose] = useState<readonly string[]>([]);
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const items = list.data?.items ?? [];
  const selectable = members === "predefined" ? [] : items.filter((item) => keeps?.(item) === undefined).map(keyOf);
  const selected = items.filter((item) => chosen.includes(keyOf(item)));
  const search = (wanted: Find | undefined) => {
    setFind(wanted);
    choose([]);
  };
  return (
    <>
      <PageTitle>{props.title}</PageTitle>
      <StatusArea
        status={list.error === null ? shown(status, list.data) : { kind: "refused", reasons: [messageOf(list.error)] }}
      />
      <FindBar what={props.findWhat} fields={props.fields} asked={find} onFind={search} />
      <Items {...props} items={items} selectable={selectable} chosen={chosen} choose={choose} />
      {list.data?.items.length === 0 && <p className={classes.empty}>{texts.template.noRecords}</p>}
      <Paging paging={paging} page={list.data} />
      {members !== "predefined" && (
        <ListActions
          resource={resource}
          path={props.path}
          selectable={selectable}
          chosen={selected.map((item): ChosenItem => ({ key: keyOf(item), name: nameOf(item) }))}
          choose={choose}
          report={setStatus}
        />
      )}
    </>
  );
}

interface ItemsProps<Item, Input> extends FindListProps<Item, Input> {
  readonly items: readonly Item[];
  readonly selectable: readonly string[];
  readonly chosen: readonly string[];
  readonly choose: (keys: readonly string[]) => void;
}

function Items<Item, Input>({ items, selectable, chosen, choose, ...props }: ItemsProps<Item, Input>): ReactNode {
  const { columns, path, keyOf, nameOf = keyOf } = props;
  const toggle = (key: string) =>
    choose(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  return (
    <div className={`${classes.scroller} ${classes.cards}`}>
      <Table highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Td w={40} />
            {columns.map(({ label }) => (
              <Table.Th key={label}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => {
            const key = keyOf(item);
            const selection = selectable.includes(key)
              ? { isChosen: chosen.includes(key), toggle: () => toggle(key) }
              : undefined;
            return (
              <ListRow
                key={key}
                item={item}
                name={nameOf(item)}
                itemKey={key}
                path={path}
                columns={columns}
                selection={selection}
              />
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function shown(status: Status, page: Page<unknown> | undefined): Status {
  if (status.kind !== "idle" || page?.total === undefined) return status;
  return { kind: "idle", text: fill(texts.template.found, { count: page.total }) };
}
