import { Button, Checkbox, Group, Table } from "@mantine/core";
import type { Resource } from "@interpres/admin-api";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useChange, useList } from "../data/resources.ts";
import { useMay } from "../session/may.ts";
import { fill, texts } from "../texts/texts.ts";
import { Confirm } from "./confirm.tsx";
import { type Find, FindBar } from "./find-bar.tsx";
import { GuardedButton } from "./guarded-button.tsx";
import { editPath, newPath } from "./item-path.ts";
import { PageTitle } from "./page-title.tsx";
import { Paging, usePaging } from "./paging.tsx";
import { type Status, StatusArea } from "./status-area.tsx";
import classes from "./template.module.css";

export interface Column<Item> {
  readonly label: string;
  readonly cell: (item: Item) => ReactNode;
}

export interface FindListProps<Item, Input> {
  readonly title: string;
  /** "Find static routes where". */
  readonly findWhat: string;
  readonly resource: Resource<Item, Input>;
  /** Of the page; the form of an item lies below it. */
  readonly path: string;
  readonly keyOf: (item: Item) => string;
  /** What `find` of the API knows of this resource. */
  readonly fields: readonly { readonly name: string; readonly label: string }[];
  /** The first leads to the item's form. */
  readonly columns: readonly Column<Item>[];
  /** Why this one cannot be deleted; such rows have no checkbox. */
  readonly keeps?: (item: Item) => string | undefined;
  readonly children?: ReactNode;
}

/** The book's Find/List page over a list of the API. */
export function FindList<Item, Input>(props: FindListProps<Item, Input>): ReactNode {
  const { title, findWhat, resource, path, keyOf, fields, columns, keeps } = props;
  const may = useMay("administrator");
  const navigate = useNavigate();
  const [find, setFind] = useState<Find>();
  const paging = usePaging();
  const query = find === undefined ? {} : { find: `${find.field}:${find.operator}:${find.text}` };
  const list = useList(resource as Resource<Item, never>, { ...query, ...paging.query });
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const [isAsking, setAsking] = useState(false);
  const removal = useRemoval(resource, setStatus);
  const items = list.data?.items ?? [];
  const selectable = items.filter((item) => keeps?.(item) === undefined).map(keyOf);
  const remove = async () => {
    setAsking(false);
    await removal([...chosen]);
    choose(new Set());
  };
  const search = (wanted: Find | undefined) => {
    setFind(wanted);
    choose(new Set());
    paging.restart();
  };
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <StatusArea
        status={
          list.error === null ? shown(status, list.data?.total) : { kind: "refused", reasons: [messageOf(list.error)] }
        }
      />
      <FindBar what={findWhat} fields={fields} onFind={search} />
      <div className={classes.scroller}>
        <Table highlightOnHover verticalSpacing="xs" aria-busy={list.isFetching}>
          <Table.Thead>
            <Table.Tr>
              <Table.Td w={40} />
              {columns.map(({ label }) => (
                <Table.Th key={label}>{label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Row
                key={keyOf(item)}
                item={item}
                {...props}
                isChosen={chosen.has(keyOf(item))}
                toggle={(key) => choose(toggled(chosen, key))}
              />
            ))}
          </Table.Tbody>
        </Table>
        {list.data?.items.length === 0 && <p className={classes.empty}>{texts.template.noRecords}</p>}
      </div>
      <Paging paging={paging} page={list.data} />
      <Group mt="md" gap="xs">
        <GuardedButton may={may} onClick={() => void navigate({ to: newPath(path) })}>
          {texts.template.addNew}
        </GuardedButton>
        <Button variant="default" onClick={() => choose(new Set(selectable))}>
          {texts.template.selectAll}
        </Button>
        <Button variant="default" onClick={() => choose(new Set())}>
          {texts.template.clearAll}
        </Button>
        <GuardedButton
          may={chosen.size === 0 ? { kind: "no", reason: texts.template.nothingSelected } : may}
          variant="default"
          onClick={() => setAsking(true)}
        >
          {texts.template.deleteSelected}
        </GuardedButton>
      </Group>
      {props.children}
      <Confirm
        title={texts.template.deleteSelected}
        question={isAsking ? fill(texts.template.confirmDelete, { names: [...chosen].join(", ") }) : undefined}
        onConfirm={() => void remove()}
        onCancel={() => setAsking(false)}
      />
    </>
  );
}

interface RowProps<Item, Input> extends FindListProps<Item, Input> {
  readonly item: Item;
  readonly isChosen: boolean;
  readonly toggle: (key: string) => void;
}

function Row<Item, Input>({ item, path, keyOf, columns, keeps, isChosen, toggle }: RowProps<Item, Input>): ReactNode {
  const key = keyOf(item);
  const [first, ...others] = columns;
  const reason = keeps?.(item);
  return (
    <Table.Tr>
      <Table.Td>
        {reason === undefined && (
          <Checkbox
            aria-label={fill(texts.template.select, { name: key })}
            checked={isChosen}
            onChange={() => toggle(key)}
          />
        )}
      </Table.Td>
      <Table.Td>
        <Link className={classes.link} to={editPath(path, key)}>
          {first?.cell(item)}
        </Link>
      </Table.Td>
      {others.map(({ label, cell }) => (
        <Table.Td key={label}>{cell(item)}</Table.Td>
      ))}
    </Table.Tr>
  );
}

/** Deletes one after the other: what is refused does not keep the others. */
function useRemoval<Item, Input>(
  resource: Resource<Item, Input>,
  report: (status: Status) => void,
): (keys: readonly string[]) => Promise<void> {
  const api = useApi();
  const { mutateAsync } = useChange(async (keys: readonly string[]) => {
    const reasons: string[] = [];
    for (const key of keys)
      await api.remove(resource, key).catch((error: unknown) => reasons.push(`${key}: ${messageOf(error)}`));
    return reasons;
  });
  return async (keys) => {
    const reasons = await mutateAsync(keys);
    if (reasons.length > 0) report({ kind: "refused", reasons });
    else report({ kind: "done", text: fill(texts.template.deleted, { count: keys.length }) });
  };
}

function shown(status: Status, total: number | undefined): Status {
  if (status.kind !== "idle" || total === undefined) return status;
  return { kind: "idle", text: fill(texts.template.found, { count: total }) };
}

function toggled(chosen: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(key)) next.add(key);
  return next;
}
