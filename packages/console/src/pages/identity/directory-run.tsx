import { type DirectoryRun, directoryActions } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { FactsTable } from "../../template/facts-table.tsx";
import { momentText } from "../../template/moment.ts";
import { PlainTable } from "../../template/plain-table.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.directory;

/** One synchronisation or preview: how far it is, what it does with whom, and which entries could not become users. */
export function RunReport({ run }: { readonly run: DirectoryRun }): ReactNode {
  const { counts, changes, problems } = run;
  return (
    <>
      <FactsTable
        label={own.run}
        rows={[
          [own.mode, own.modes[run.mode]],
          [own.state, own.states[run.state]],
          [own.startedAt, fill(own.by, { at: momentText(run.startedAt), actor: run.actor })],
          [own.entries, counts.entries],
          ...directoryActions.map((action) => [own.actions[action], counts[action]] as const),
          [own.unchanged, counts.unchanged],
          [own.applied, run.applied],
          ...(run.failure === null ? [] : [[own.failure, run.failure.message] as const]),
        ]}
      />
      <PlainTable
        title={own.changes}
        items={changes}
        keyOf={({ jid, action }) => `${jid} ${action}`}
        columns={[
          { label: own.action, cell: ({ action }) => own.actions[action] },
          { label: texts.users.jid, cell: ({ jid }) => jid },
          {
            label: own.differences,
            cell: ({ differences }) =>
              differences.map(({ field, before, after }) => (
                <div key={field}>
                  {fill(own.difference, {
                    field,
                    before: before ?? texts.template.none,
                    after: after ?? texts.template.none,
                  })}
                </div>
              )),
          },
        ]}
      />
      {problems.length > 0 && (
        <PlainTable
          title={fill(own.problems, { count: counts.problems })}
          items={problems}
          keyOf={({ dn, reason }) => `${dn} ${reason}`}
          columns={[
            { label: own.entry, cell: ({ dn }) => dn },
            { label: own.reason, cell: ({ reason }) => reason },
          ]}
        />
      )}
    </>
  );
}
